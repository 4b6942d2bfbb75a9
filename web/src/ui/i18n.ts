// One switch for the language of the page: our sentences live in locales/<language>/<namespace>.json.
import i18next from 'i18next';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const files = import.meta.glob<Record<string, string>>('../../locales/*/*.json', { import: 'default' });
const kept = 'allmende.language';

function known(name: string | null | undefined): Language | null {
  const short = (name ?? '').slice(0, 2).toLowerCase();
  return languages.find(language => language === short) ?? null;
}

/** The person's choice, else what this browser chose last, else what it asks for. */
export function chosenLanguage(ofAccount?: string | null): Language {
  return known(ofAccount) ?? known(localStorage.getItem(kept)) ?? known(navigator.language) ?? 'en';
}

export function language(): Language {
  return known(i18next.language) ?? 'en';
}

/** For dates and numbers: the browser's own variety of the page's language ("en-GB"), else the language. */
export function locale(): string {
  return navigator.languages.find(each => known(each) === language()) ?? language();
}

/** `key` of what the server says in two languages: the German one on a German page, where there is one, else the English. */
export function inLanguage<K extends string>(said: Readonly<Record<K, string>> & Readonly<Partial<Record<`${K}_de`, string>>>, key: K): string {
  const german = said[`${key}_de` as const] as string | undefined;
  return language() === 'de' && german ? german : said[key];
}

/** Loads the sentences of these namespaces; resolves before the first of them is drawn. */
export async function startTranslations(wanted: Language, namespaces: readonly string[]): Promise<void> {
  const resources: Record<string, Record<string, Record<string, string>>> = {};
  for (const tongue of new Set<Language>([wanted, 'en'])) {
    const texts = await Promise.all(namespaces.map(name => files[`../../locales/${tongue}/${name}.json`]?.() ?? {}));
    resources[tongue] = Object.fromEntries(namespaces.map((name, index) => [name, texts[index] ?? {}]));
  }
  await i18next.init({
    lng: wanted, fallbackLng: 'en', ns: [...namespaces], defaultNS: namespaces[0] ?? 'common', fallbackNS: [...namespaces], resources,
    keySeparator: false, nsSeparator: false, interpolation: { escapeValue: false },
  });
  document.documentElement.lang = wanted;
}

/** Remembers the language for this browser; the caller stores it with the account and loads the page anew. */
export function keepLanguage(next: Language): void {
  localStorage.setItem(kept, next);
}

/** The sentence of a key, with its values filled in; `count` chooses the plural. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return i18next.t(key, values);
}

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  const found = numbers.get(key) ?? new Intl.NumberFormat(locale(), options);
  numbers.set(key, found);
  return found;
}

/** 1288490188 → "1.2 GiB". */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${numberFormat({ maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(size)} ${units[unit]}`;
}

/** 5040 s → "1 h 24 min"; 75 s → "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const part = (value: number, unit: string) => numberFormat({ style: 'unit', unit, unitDisplay: 'short' }).format(value);
  if (whole < 60) return part(whole, 'second');
  if (whole < 3600) return `${part(Math.floor(whole / 60), 'minute')}${whole % 60 ? ` ${part(whole % 60, 'second')}` : ''}`;
  return `${part(Math.floor(whole / 3600), 'hour')}${Math.floor((whole % 3600) / 60) ? ` ${part(Math.floor((whole % 3600) / 60), 'minute')}` : ''}`;
}

export function percent(share: number): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: 0 }).format(share);
}

export function time(when: Date): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(when);
}

export function dateTime(when: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(when);
}
