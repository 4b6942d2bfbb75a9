import { CodeCellModel } from '@jupyterlab/cells/lib/model';
import type { YCodeCell } from '@jupyter/ydoc';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { referenceType } from '../../../core/large-outputs';
import { showLiveOutputs } from './live-outputs';
import { SharedNotebook } from './shared-notebook';

vi.mock('../../../ui/i18n', () => ({ t: (key: string) => key, bytes: String }));

// JupyterLab's components style what happy-dom has no style for, as soon as they are imported.
vi.hoisted(() => Object.assign(document, { style: document.documentElement.style }));

type Outputs = Y.Array<Y.Map<unknown>>;
const lost = '00'.repeat(32);
const large = (hash: string) => ({ 'text/plain': '<Figure>', [referenceType]: { parts: { 'image/png': { hash, size: 70_000 } } } });

/** A page's cell, and the server's copy of the same document. */
function aCell(outputs: object[] = [], seen: Promise<void> = Promise.resolve()) {
  const shared = new SharedNotebook({ disableDocumentWideUndoRedo: true });
  const cell = shared.insertCells(0, [{ cell_type: 'code', source: 'x', id: 'c', outputs: outputs as never }])[0] as unknown as YCodeCell;
  const model = new CodeCellModel({ sharedModel: cell });
  showLiveOutputs(model, { read: hash => (hash === lost ? Promise.reject(new Error('gone')) : Promise.resolve(`part ${hash.slice(0, 4)}`)), seen });
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(shared.ydoc));
  server.on('update', (update: Uint8Array) => Y.applyUpdate(shared.ydoc, update, 'server'));
  let written = 0;
  shared.ydoc.on('update', (_: Uint8Array, origin: unknown) => (written += Number(origin !== 'server')));
  const there = (server.getArray('cells').get(0) as Y.Map<unknown>).get('outputs') as Outputs;
  const stream = (text: string, name = 'stdout') => new Y.Map<unknown>([['output_type', 'stream'], ['name', name], ['text', new Y.Text(text)]]);
  const shown = () => model.outputs.toJSON().map(output => (output.output_type === 'stream' ? output['text'] : output['data']));
  return { model, server, there, stream, shown, written: () => written, textAt: (at: number) => there.get(at).get('text') as Y.Text };
}

describe('the outputs of a live cell', () => {
  it('grow, change their last line and begin anew as the document says', () => {
    const cell = aCell();
    cell.there.push([cell.stream('10 %')]);
    cell.server.transact(() => {
      cell.textAt(0).delete(0, 2);
      cell.textAt(0).insert(0, '100');
    });
    cell.textAt(0).insert(5, '\ndone');
    cell.there.push([cell.stream('warned', 'stderr'), cell.stream('a'), cell.stream('b')]);
    expect(cell.shown()).toEqual(['100 %\ndone', 'warned', 'a', 'b']);
    cell.server.transact(() => {
      cell.there.delete(0, 4);
      cell.there.push([cell.stream('anew')]);
    });
    expect(cell.shown()).toEqual(['anew']);
    expect(cell.written()).toBe(0);
  });

  it('that are large come once they are seen, and nothing of that is written', async () => {
    let see: () => void = () => undefined;
    const cell = aCell([{ output_type: 'display_data', metadata: {}, data: large('ab'.repeat(32)) }], new Promise<void>(resolve => (see = resolve)));
    const display = (hash: string) => new Y.Map<unknown>([['output_type', 'display_data'], ['data', large(hash)], ['metadata', {}]]);
    cell.there.push([display('cd'.repeat(32)), display(lost)]);
    expect(cell.shown()).toEqual(Array(3).fill({ 'text/plain': 'output.loading' }));
    see();
    await vi.waitFor(() => expect(cell.shown().slice(0, 2)).toEqual([{ 'text/plain': '<Figure>', 'image/png': 'part abab' }, { 'text/plain': '<Figure>', 'image/png': 'part cdcd' }]));
    expect(cell.shown()[2]).toEqual({ 'text/plain': 'output.notLoaded' });
    cell.there.delete(0, 1);
    cell.there.get(0).set('data', large('ef'.repeat(32)));
    await vi.waitFor(() => expect(cell.shown()[0]).toEqual({ 'text/plain': '<Figure>', 'image/png': 'part efef' }));
    expect(cell.written()).toBe(0);
  });

  it('keep their places when one of them is shown anew', () => {
    const cell = aCell();
    const display = (text: string) => new Y.Map<unknown>([['output_type', 'display_data'], ['data', { 'text/plain': text }], ['metadata', {}]]);
    cell.there.push([display('one'), display('two')]);
    cell.there.get(0).set('data', { 'text/plain': 'first' });
    expect(cell.shown()).toEqual([{ 'text/plain': 'first' }, { 'text/plain': 'two' }]);
    cell.there.delete(0, 1);
    expect(cell.shown()).toEqual([{ 'text/plain': 'two' }]);
    expect(cell.written()).toBe(0);
  });

  it('that were there before are shown one by one, and go when a person clears them', () => {
    const cell = aCell([{ output_type: 'stream', name: 'stdout', text: 'a' }, { output_type: 'stream', name: 'stdout', text: 'b' }]);
    expect(cell.shown()).toEqual(['a', 'b']);
    cell.model.clearExecution();
    expect((cell.model.sharedModel as YCodeCell).getOutputs()).toEqual([]);
    expect((cell.model.sharedModel as YCodeCell).getMetadata()).toEqual({});
  });

  it('take any text, whatever was inserted and deleted where', () => {
    const cell = aCell();
    cell.there.push([cell.stream('')]);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 300; round++)
      cell.server.transact(() => {
        for (let change = 0; change <= random(3); change++) {
          const { length } = cell.textAt(0);
          if (random(2) === 0 && length > 0) cell.textAt(0).delete(random(length), 1);
          else cell.textAt(0).insert(random(length + 1), 'line\n'.slice(0, 1 + random(5)));
        }
      });
    expect(cell.shown()).toEqual([cell.textAt(0).toString()]);
  });
});
