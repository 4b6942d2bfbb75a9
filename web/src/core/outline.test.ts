import { describe, expect, it } from 'vitest';
import { headingsOf, unfolded } from './outline';

const brief = (markdown: string) => headingsOf(markdown, 'c').map(each => `${each.level} ${each.text}`);

describe('the outline of a text cell', () => {
  it('lists its headings, marks taken off', () => {
    expect(brief('# One **bold** `code`\ntext\n### [Link](x) to\n## Closed ##')).toEqual(['1 One bold code', '3 Link to', '2 Closed']);
  });

  it('knows underlined and HTML headings', () => {
    expect(brief('Title\n=====\n\nPart\n---\n<h3 id="x">Third</h3>')).toEqual(['1 Title', '2 Part', '3 Third']);
  });

  it('takes no comment of a code block, no rule and no list for one', () => {
    expect(brief('```python\n# no\n```\n~~~\n# no\n~~~\n# yes\n\n---\n- item\n---')).toEqual(['1 yes']);
  });

  it('counts the headings of a cell', () => {
    expect(headingsOf('# a\n# b', 'c').map(each => each.nth)).toEqual([0, 1]);
  });

  it('has no empty lines', () => {
    expect(brief('#\n# \n####### seven')).toEqual([]);
  });

  it('hides what lies below a folded one', () => {
    const all = headingsOf('# a\n## b\n### c\n# d', 'x');
    expect(unfolded(all, each => each.text === 'a').map(each => each.text)).toEqual(['a', 'd']);
  });
});
