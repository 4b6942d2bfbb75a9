import { describe, expect, it } from 'vitest';
import { canonicalText, countChanged, markOf, type NotebookContent, sourcesText } from './notebook-compare';

const notebook = (...cells: NotebookContent['cells']): NotebookContent => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const code = (id: string, source: string | string[], more: object = {}) => ({ id, cell_type: 'code', source, outputs: [], execution_count: null, ...more });

describe('two notebooks', () => {
  it('are the same whether text is one string or lines, and in whatever order keys stand', () => {
    const one = notebook(code('a', ['x = 1\n', 'x'], { outputs: [{ output_type: 'stream', text: ['1\n', '2\n'], name: 'stdout' }] }));
    const other = notebook({ source: 'x = 1\nx', id: 'a', outputs: [{ name: 'stdout', text: '1\n2\n', output_type: 'stream' }], execution_count: null, cell_type: 'code' });
    expect(canonicalText(one)).toBe(canonicalText(other));
  });

  it('differ by an output, though nobody wrote anything', () => {
    const before = notebook(code('a', 'x'));
    const after = notebook(code('a', 'x', { execution_count: 1 }));
    expect(canonicalText(before)).not.toBe(canonicalText(after));
    expect(sourcesText(before)).toBe(sourcesText(after));
  });

  it('differ by as many cells as were changed, added and taken away', () => {
    const mine = notebook(code('a', '1'), code('b', '2'), code('c', '3'));
    const theirs = notebook(code('a', '1'), code('b', 'two'), code('d', '4'));
    expect(countChanged(mine, theirs)).toBe(3);
    expect(countChanged(mine, mine)).toBe(0);
  });

  it('without ids are matched by place', () => {
    const { id: _one, ...first } = code('x', '1');
    const { id: _two, ...second } = code('y', '2');
    expect(countChanged(notebook(first), notebook(second))).toBe(1);
  });
});

it('a mark knows its text again, and tells texts apart that differ by one letter or by order', () => {
  const lines = Array.from({ length: 500 }, (_, at) => `line ${at}`);
  const texts = [...lines, lines.join('\n'), [...lines].reverse().join('\n'), `${lines.join('\n')}.`, ''];
  expect(new Set(texts.map(markOf)).size).toBe(texts.length);
  expect(markOf(lines.join('\n'))).toBe(markOf(lines.join('\n')));
});
