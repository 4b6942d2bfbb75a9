import { describe, expect, it } from 'vitest';
import { cutText } from './cut-text';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`).join('');

describe('a text', () => {
  it.each(['', '\n', 'a', 'a\nb', numbered(3), numbered(4), 'x'.repeat(100)])('within the bounds is whole: %j', text => expect(cutText(text, { lines: 4, characters: 100 })).toBeNull());

  it('of many lines keeps its first and its last', () => {
    expect(cutText(numbered(10), { lines: 4, characters: 1000 })).toEqual({ head: 'line 0\nline 1\n', tail: 'line 8\nline 9\n', lines: 10 });
  });

  it('whose last line has no end keeps that line, too', () => {
    expect(cutText(`${numbered(10)}now`, { lines: 4, characters: 1000 })).toEqual({ head: 'line 0\nline 1\n', tail: 'line 9\nnow', lines: 11 });
  });

  it('of few endless lines keeps as many characters', () => {
    expect(cutText(`${'a'.repeat(500)}\n${'b'.repeat(500)}`, { lines: 100, characters: 20 })).toEqual({ head: 'a'.repeat(10), tail: 'b'.repeat(10), lines: 2 });
  });

  it('is cut in one look over it, however long it is', () => {
    const begun = performance.now();
    expect(cutText('x\n'.repeat(10_000_000))?.lines).toBe(10_000_000);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});
