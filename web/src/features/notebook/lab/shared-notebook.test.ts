import { YNotebook } from '@jupyter/ydoc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SharedNotebook } from './shared-notebook';

type Cells = Parameters<YNotebook['insertCells']>[1];

const stream = { output_type: 'stream', name: 'stdout', text: 'a\n' };
const cells = [
  { id: 'one', cell_type: 'code', source: ['1 +\n', '1'], metadata: { collapsed: true, tags: ['x'] }, execution_count: 3, outputs: [stream] },
  { id: 'two', cell_type: 'markdown', source: '# A', metadata: {}, attachments: { 'a.png': { 'image/png': 'QQ==' } } },
  { id: 'three', cell_type: 'raw', source: 'as it is', metadata: {} },
] as unknown as Cells;
const content = { cells, nbformat: 4, nbformat_minor: 5, metadata: { a: 1 } };

function filled(notebook: YNotebook): YNotebook {
  notebook.fromJSON(structuredClone(content) as unknown as Parameters<YNotebook['fromJSON']>[0]);
  return notebook;
}

describe('a shared notebook', () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    for (const level of ['warn', 'error', 'log'] as const) vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
  });
  afterEach(() => vi.restoreAllMocks());

  it('keeps what ydoc would keep', () => {
    expect(filled(new SharedNotebook({ disableDocumentWideUndoRedo: true })).toJSON()).toEqual(filled(new YNotebook({ disableDocumentWideUndoRedo: true })).toJSON());
  });

  it('says nothing in the console when cells come, move and go', () => {
    const notebook = filled(new SharedNotebook({ disableDocumentWideUndoRedo: true }));
    notebook.moveCells(0, 2);
    notebook.addCell({ cell_type: 'code' } as Cells[number]);
    notebook.deleteCell(0);
    expect(notebook.cells.map(each => [each.cell_type, each.getSource()])).toEqual([['raw', 'as it is'], ['code', '1 +\n1'], ['code', '']]);
    expect(said).toEqual([]);
  });

  it('gives back the cells it took in, which undo only what was done to them', () => {
    const notebook = new SharedNotebook({ disableDocumentWideUndoRedo: true });
    const [first] = notebook.insertCells(0, cells);
    expect(first).toBe(notebook.getCell(0));
    expect(first?.canUndo()).toBe(false);
    first?.setSource('2');
    first?.undo();
    expect(first?.getSource()).toBe('1 +\n1');
    expect(first?.canUndo()).toBe(false);
  });

  it('says nothing of trust, which is of a page and not of a notebook', () => {
    const notebook = new SharedNotebook({ disableDocumentWideUndoRedo: true });
    const [made] = notebook.insertCells(0, [{ cell_type: 'code', source: '', metadata: { trusted: true, tags: ['kept'] } }]);
    expect(made?.getMetadata()).toEqual({ tags: ['kept'] });
  });

  it('brings a removed cell back on undo', () => {
    const notebook = filled(new SharedNotebook({ disableDocumentWideUndoRedo: true }));
    notebook.clearUndoHistory();
    notebook.deleteCell(1);
    notebook.undo();
    expect(notebook.cells.map(each => each.id)).toEqual(['one', 'two', 'three']);
  });
});
