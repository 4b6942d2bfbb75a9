// Large parts of outputs, which a live notebook refers to by their hash instead of holding them.
import type { NotebookContent } from './notebook-content';

export const referenceType = 'application/vnd.allmende.output+json';

/** Reads one part. */
export type ReadPart = (hash: string) => Promise<unknown>;

interface Part {
  /** Its MIME type. */
  readonly type: string;
  readonly hash: string;
  /** Bytes of JSON. */
  readonly size: number;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => Object(value) as Fields;

/** What an output refers to, as a notebook says, which may be anybody's. */
export function partsOf(output: unknown): readonly Part[] {
  const parts = fieldsOf(fieldsOf(fieldsOf(fieldsOf(output)['data'])[referenceType])['parts']);
  return Object.entries(parts).flatMap(([type, part]) => {
    const { hash, size } = fieldsOf(part);
    return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? [{ type, hash, size: typeof size === 'number' ? size : 0 }] : [];
  });
}

/** The output with `text` in the place of all it shows, until its parts are there. */
export const withText = <Output extends object>(output: Output, text: string): Output => ({ ...output, data: { 'text/plain': text } });

/** The output with what it refers to. */
export async function whole<Output extends object>(output: Output, read: ReadPart): Promise<Output> {
  const parts = partsOf(output);
  if (parts.length === 0) return output;
  const { [referenceType]: _, ...data } = fieldsOf(fieldsOf(output)['data']);
  const values = await Promise.all(parts.map(({ hash }) => read(hash)));
  return { ...output, data: { ...data, ...Object.fromEntries(parts.map(({ type }, at) => [type, values[at]])) } };
}

/** The same of a notebook. */
export async function wholeNotebook(notebook: NotebookContent, read: ReadPart): Promise<NotebookContent> {
  const cells = await Promise.all(notebook.cells.map(async cell => {
    const outputs = cell['outputs'];
    return Array.isArray(outputs) ? { ...cell, outputs: await Promise.all(outputs.map((output: object) => whole(output, read))) } : cell;
  }));
  return { ...notebook, cells };
}
