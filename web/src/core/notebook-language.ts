// Which language a notebook is written in, before a kernel says so.
import type { NotebookContent } from './notebook-compare';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});

/** The same notebook, saying a language: its own, that of its kernel, else `usual`. */
export function withLanguage(notebook: NotebookContent, usual: string): NotebookContent {
  const metadata = fieldsOf(notebook.metadata);
  if (typeof fieldsOf(metadata['language_info'])['name'] === 'string') return notebook;
  const { language } = fieldsOf(metadata['kernelspec']);
  return { ...notebook, metadata: { ...metadata, language_info: { name: typeof language === 'string' && language !== '' ? language : usual } } };
}
