// Earlier states of a notebook: what was changed between two of them, cell by cell and line by line.
import { diffLines } from 'diff';
import { type CellContent, joinedText, type NotebookContent } from './notebook-content';

export interface Revision {
  readonly id: string;
  readonly made_at: string;
  readonly authors: string;
  /** Given by a person; empty when it was made by itself. */
  readonly name: string;
  readonly reason: 'opened' | 'edited' | 'named' | 'restoring' | 'restored';
  readonly changes: { readonly added: number; readonly removed: number; readonly edited: number; readonly ran: number };
}

export interface Line {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** One row of two texts side by side; null where the other side has a line more. */
export interface Row {
  readonly before: Line | null;
  readonly after: Line | null;
}

export interface CellChange {
  readonly id: string;
  readonly kind: 'same' | 'added' | 'removed' | 'edited' | 'ran';
  /** Its place from 1, in the later state or, of one that is gone, in the earlier. */
  readonly place: number;
  readonly type: string;
  readonly source: readonly Row[];
  readonly outputs: readonly Row[];
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Two texts side by side: what stayed beside itself, what was changed beside what it became. */
export function sideBySide(before: string, after: string): Row[] {
  if (before === '' && after === '') return [];
  const rows: Row[] = [];
  let gone: string[] = [];
  const flush = (come: readonly string[]) => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) {
      const [left, right] = [gone[at], come[at]];
      rows.push({ before: left === undefined ? null : { kind: 'removed', text: left }, after: right === undefined ? null : { kind: 'added', text: right } });
    }
    gone = [];
  };
  for (const { added, removed, value } of diffLines(before === '' ? '' : `${before}\n`, after === '' ? '' : `${after}\n`)) {
    const lines = linesOf(value);
    if (removed) gone.push(...lines);
    else if (added) flush(lines);
    else {
      flush([]);
      for (const text of lines) rows.push({ before: { kind: 'same', text }, after: { kind: 'same', text } });
    }
  }
  flush([]);
  return rows;
}

const textOf = (value: unknown): string => (typeof value === 'string' || Array.isArray(value) ? joinedText(value as string | readonly string[]) : '');

/** What a cell showed, in words: text as it is, of all else what it was. */
export function outputsText(cell: CellContent | undefined): string {
  const outputs = Array.isArray(cell?.['outputs']) ? (cell['outputs'] as Record<string, unknown>[]) : [];
  return outputs.map(output => {
    if (output['output_type'] === 'stream') return textOf(output['text']);
    if (output['output_type'] === 'error') return `${textOf(output['ename'])}: ${textOf(output['evalue'])}`;
    const data = Object(output['data']) as Record<string, unknown>;
    const kinds = Object.keys(data).filter(kind => kind !== 'text/plain');
    return [textOf(data['text/plain']), ...kinds.map(kind => `[${kind}, ${JSON.stringify(data[kind]).length} B]`)].filter(text => text !== '').join('\n');
  }).map(text => text.replace(/\n$/, '')).join('\n');
}

function changeOf(before: CellContent | undefined, after: CellContent | undefined, place: number): CellChange {
  const cell = (after ?? before) as CellContent;
  const [old, now] = [before ? joinedText(before.source) : '', after ? joinedText(after.source) : ''];
  const [oldOutputs, nowOutputs] = [outputsText(before), outputsText(after)];
  const sameType = before?.cell_type === after?.cell_type;
  const kind = !before ? 'added' : !after ? 'removed' : old !== now || !sameType ? 'edited' : JSON.stringify(before['outputs']) !== JSON.stringify(after['outputs']) ? 'ran' : 'same';
  return { id: cell.id ?? '', kind, place, type: cell.cell_type, source: sideBySide(old, now), outputs: oldOutputs === nowOutputs && kind !== 'added' && kind !== 'removed' ? [] : sideBySide(oldOutputs, nowOutputs) };
}

/** What became of each cell, in the order of the later state; one that is gone stands behind the cell it stood behind. */
export function cellChanges(before: NotebookContent, after: NotebookContent): CellChange[] {
  const old = new Map(before.cells.map((cell, at) => [cell.id, { cell, at }]));
  const now = new Set(after.cells.map(cell => cell.id));
  const changes: CellChange[] = [];
  const goneBehind = (at: number) => {
    for (let next = at + 1; next < before.cells.length && !now.has(before.cells[next]?.id); next++) changes.push(changeOf(before.cells[next], undefined, next + 1));
  };
  goneBehind(-1);
  after.cells.forEach((cell, at) => {
    const was = old.get(cell.id);
    changes.push(changeOf(was?.cell, cell, at + 1));
    if (was) goneBehind(was.at);
  });
  return changes;
}
