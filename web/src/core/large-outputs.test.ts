import { describe, expect, it } from 'vitest';
import { partsOf, referenceType, whole, wholeNotebook } from './large-outputs';

const hash = 'ab'.repeat(32);
const output = { output_type: 'display_data', metadata: {}, data: { 'text/plain': '<Figure>', [referenceType]: { parts: { 'image/png': { hash, size: 70_000 } } } } };
const read = (of: string) => Promise.resolve(`picture ${of.slice(0, 4)}`);

describe('a large output', () => {
  it('comes back with what it refers to, and nothing else changes', async () => {
    expect(partsOf(output)).toEqual([{ type: 'image/png', hash, size: 70_000 }]);
    const shown = { ...output, data: { 'text/plain': '<Figure>', 'image/png': 'picture abab' } };
    expect(await whole(output, read)).toEqual(shown);
    const text = { output_type: 'stream', name: 'stdout', text: 'x' };
    const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [{ cell_type: 'code', source: '', outputs: [text, output] }, { cell_type: 'markdown', source: 'words' }] };
    expect((await wholeNotebook(notebook, read)).cells).toEqual([{ cell_type: 'code', source: '', outputs: [text, shown] }, { cell_type: 'markdown', source: 'words' }]);
  });

  it('that somebody made up refers to nothing', () => {
    for (const parts of [null, 7, 'parts', { 'image/png': null }, { 'image/png': { hash: '../../secret' } }, { 'image/png': { hash: 7 } }]) {
      expect(partsOf({ data: { [referenceType]: { parts } } })).toEqual([]);
    }
    expect(partsOf(null)).toEqual([]);
    expect(partsOf({ data: 'text' })).toEqual([]);
  });
});
