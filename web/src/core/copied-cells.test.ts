import { describe, expect, it } from 'vitest';
import { hashesOf, readCopied } from './copied-cells';
import { referenceType } from './large-outputs';

const code = { cell_type: 'code', source: 'x', metadata: {}, outputs: [], execution_count: null };
const text = { cell_type: 'markdown', source: ['a\n', 'b'], metadata: {} };
const copied = { id: 'one', account: 'acc_1', document: 'doc_1', cells: [code, text] };

describe('copied cells', () => {
  it('are read by who copied them', () => {
    expect(readCopied(JSON.stringify(copied), 'acc_1')).toEqual(copied);
    expect(readCopied(JSON.stringify(copied), 'acc_2')).toBeNull();
    expect(readCopied(JSON.stringify({ ...copied, account: '' }), '')).toEqual({ ...copied, account: '' });
  });

  it('of another form are none', () => {
    const wrong: readonly unknown[] = [null, 7, [], { ...copied, id: 7 }, { ...copied, document: null }, { ...copied, cells: [] }, { ...copied, cells: {} }];
    const cells: readonly unknown[] = [null, 'x', { ...code, cell_type: 'script' }, { ...code, source: 7 }, { ...code, source: [7] }, { ...code, metadata: null }, { ...code, outputs: null }];
    for (const one of [...wrong, ...cells.map(cell => ({ ...copied, cells: [text, cell] }))]) expect(readCopied(JSON.stringify(one), 'acc_1')).toBeNull();
    for (const one of [null, '', '{']) expect(readCopied(one, 'acc_1')).toBeNull();
  });

  it('name each large part once', () => {
    const output = (hash: string) => ({ output_type: 'display_data', metadata: {}, data: { [referenceType]: { parts: { 'image/png': { hash, size: 70_000 } } } } });
    const [a, b] = ['ab'.repeat(32), 'cd'.repeat(32)];
    expect(hashesOf([{ ...code, outputs: [output(a), output(b)] }, text, { ...code, outputs: [output(a), output('../x')] }])).toEqual([a, b]);
  });
});
