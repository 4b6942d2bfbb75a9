// Cells that were cut or copied, as this browser keeps them for its other tabs: text in local storage, which is anybody's who could write there.
import { partsOf } from './large-outputs';
import type { CellContent } from './notebook-content';

export interface CopiedCells {
  /** Tells one copy from the next. */
  readonly id: string;
  /** Who copied them; nobody else who uses this browser pastes them. Empty without an account. */
  readonly account: string;
  /** Where they are from. */
  readonly document: string;
  readonly cells: readonly CellContent[];
}

/** Their place in local storage. */
export const copiedKey = 'allmende.copiedCells';

const types = ['code', 'markdown', 'raw'];
const fieldsOf = (value: unknown) => Object(value) as Readonly<Record<string, unknown>>;
const isText = (value: unknown): value is string => typeof value === 'string';

function isCell(value: unknown): value is CellContent {
  const { cell_type: type, source, metadata, outputs } = fieldsOf(value);
  const isSource = isText(source) || (Array.isArray(source) && source.every(isText));
  return isText(type) && types.includes(type) && isSource && metadata === Object(metadata) && (type !== 'code' || Array.isArray(outputs));
}

/** What that account copied last; null when it is none or not of this form. */
export function readCopied(text: string | null, account: string): CopiedCells | null {
  let read: unknown;
  try {
    read = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  const { id, account: by, document, cells } = fieldsOf(read);
  if (!isText(id) || !isText(document) || by !== account || !Array.isArray(cells) || cells.length === 0 || !cells.every(isCell)) return null;
  return { id, account, document, cells };
}

/** The large parts that they refer to, each once. */
export function hashesOf(cells: readonly CellContent[]): readonly string[] {
  const outputs = cells.flatMap(({ outputs }) => (Array.isArray(outputs) ? (outputs as readonly unknown[]) : []));
  return [...new Set(outputs.flatMap(output => partsOf(output).map(({ hash }) => hash)))];
}
