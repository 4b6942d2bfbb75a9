// Which language a notebook is written in, before a kernel says so.

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});

/** What a notebook's metadata says of its language; where they say nothing, that of its kernel, else `usual`. */
export function languageInfo(info: unknown, kernelspec: unknown, usual: string): Fields {
  if (typeof fieldsOf(info)['name'] === 'string') return fieldsOf(info);
  const { language } = fieldsOf(kernelspec);
  return { name: typeof language === 'string' && language !== '' ? language : usual };
}
