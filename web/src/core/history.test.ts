import { describe, expect, it } from 'vitest';
import { cellChanges, outputsText, sideBySide } from './history';
import type { CellContent, NotebookContent } from './notebook-content';

const code = (id: string, source: string, outputs: object[] = []): CellContent => ({ id, cell_type: 'code', source, outputs });
const notebook = (...cells: CellContent[]): NotebookContent => ({ nbformat: 4, nbformat_minor: 5, cells });
const written = (before: string, after: string) => sideBySide(before, after).map(row => `${row.before ? `${row.before.kind[0]}:${row.before.text}` : ''}|${row.after ? `${row.after.kind[0]}:${row.after.text}` : ''}`);

describe('two states of a notebook', () => {
  it('stand line beside line', () => {
    expect(written('a\nb\nc', 'a\nB\nc\nd')).toEqual(['s:a|s:a', 'r:b|a:B', 's:c|s:c', '|a:d']);
    expect(written('', 'a')).toEqual(['|a:a']);
    expect(written('a\n\nb', '')).toEqual(['r:a|', 'r:|', 'r:b|']);
    expect(written('', '')).toEqual([]);
    expect(written('same', 'same')).toEqual(['s:same|s:same']);
  });

  it('tell what became of each cell, those that are gone in their places', () => {
    const print = (text: string) => [{ output_type: 'stream', name: 'stdout', text }];
    const before = notebook(code('first gone', ''), code('a', 'x = 1'), code('gone', 'y'), code('b', 'print(1)', print('1\n')), code('c', 'same'));
    const after = notebook(code('c', 'same'), code('a', 'x = 2'), code('new', 'z'), code('b', 'print(1)', print('2\n')));
    expect(cellChanges(before, after).map(({ id, kind, place }) => [id, kind, place])).toEqual([
      ['first gone', 'removed', 1], ['c', 'same', 1], ['a', 'edited', 2], ['gone', 'removed', 3], ['new', 'added', 3], ['b', 'ran', 4],
    ]);
    expect(cellChanges(before, after).at(-1)?.outputs).toEqual([{ before: { kind: 'removed', text: '1' }, after: { kind: 'added', text: '2' } }]);
  });

  it('say in words what a cell showed', () => {
    expect(outputsText(code('a', '', [
      { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] }, { output_type: 'error', ename: 'ValueError', evalue: 'no', traceback: [] },
      { output_type: 'display_data', data: { 'text/plain': '<Figure>', 'image/png': 'iVBO' } },
    ]))).toBe('one\ntwo\nValueError: no\n<Figure>\n[image/png, 6 B]');
    expect(outputsText(undefined)).toBe('');
  });
});
