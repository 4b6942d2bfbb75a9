// Whether two notebooks say the same, however they are written down: nbformat allows text as one string or as a list of lines.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface CellContent {
  readonly id?: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly [key: string]: unknown;
}

export interface NotebookContent {
  readonly cells: readonly CellContent[];
  readonly metadata?: unknown;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

const isLines = (value: unknown): value is readonly string[] => Array.isArray(value) && value.length > 0 && value.every(line => typeof line === 'string');

/** Keys in order, lists of lines joined, what says nothing left out. */
function canonical(value: unknown): Json {
  if (isLines(value)) return value.join('');
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, entry]) => [key, canonical(entry)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

export const joinedText = (source: string | readonly string[]): string => (typeof source === 'string' ? source : source.join(''));

/** One text for everything that says the same. */
export function canonicalText(notebook: NotebookContent): string {
  return JSON.stringify(canonical({ cells: notebook.cells, metadata: notebook.metadata ?? {} }));
}

/** A short mark of a text, to know it again; not a secret, and no proof against somebody who wants two texts to share one. */
export function markOf(text: string): string {
  let [one, other] = [0x9dc5, 0x5bd1];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other + unit, 0x5bd1e995) ^ (other >>> 15);
  }
  return `${text.length}-${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
}

/** What a person wrote, without outputs and counts. */
export function sourcesText(notebook: NotebookContent): string {
  return JSON.stringify(notebook.cells.map(cell => [cell.cell_type, joinedText(cell.source)]));
}

/** How many cells of one are missing or different in the other; cells are matched by id, else by place. */
export function countChanged(one: NotebookContent, other: NotebookContent): number {
  const keyOf = (cell: CellContent, at: number) => cell.id ?? `#${at}`;
  const texts = (notebook: NotebookContent) => new Map(notebook.cells.map((cell, at) => [keyOf(cell, at), JSON.stringify(canonical(cell))]));
  const ours = texts(one);
  const theirs = texts(other);
  let changed = 0;
  for (const [key, text] of ours) if (theirs.get(key) !== text) changed += 1;
  for (const key of theirs.keys()) if (!ours.has(key)) changed += 1;
  return changed;
}
