import { describe, expect, it } from 'vitest';
import { type Entry, isWithin, sorted, sortedBy, trail } from './listing';

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({ name, path: name, type: 'file', size: 1, last_modified: '2026-01-01T00:00:00Z', ...more });
const namesOf = (entries: readonly Entry[]) => entries.map(each => each.name);

describe('the order of a folder', () => {
  it('puts folders first, and counts numbers in names as numbers', () => {
    const entries = [entry('run 10.ipynb'), entry('zoo', { type: 'directory' }), entry('Run 9.ipynb'), entry('äpfel.txt')];
    expect(namesOf(sorted(entries, { key: 'name', descending: false }))).toEqual(['zoo', 'äpfel.txt', 'Run 9.ipynb', 'run 10.ipynb']);
  });

  it('keeps folders first when the names run backwards', () => {
    const entries = [entry('a'), entry('b'), entry('f', { type: 'directory' })];
    expect(namesOf(sorted(entries, { key: 'name', descending: true }))).toEqual(['f', 'b', 'a']);
  });

  it('decides equal times by name', () => {
    const entries = [entry('b'), entry('a'), entry('c', { last_modified: '2026-02-01T00:00:00Z' })];
    expect(namesOf(sorted(entries, { key: 'modified', descending: true }))).toEqual(['c', 'a', 'b']);
  });

  it('leaves the given list as it was', () => {
    const entries = [entry('b'), entry('a')];
    sorted(entries, { key: 'name', descending: false });
    expect(namesOf(entries)).toEqual(['b', 'a']);
  });

  it('orders ten thousand entries within a frame or two', () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => entry(`file ${(index * 7919) % 10_000}`));
    const begun = performance.now();
    expect(sorted(entries, { key: 'name', descending: false })[9999]?.name).toBe('file 9999');
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('turns round the pressed column and begins a new one with the newest', () => {
    expect(sortedBy({ key: 'name', descending: false }, 'name')).toEqual({ key: 'name', descending: true });
    expect(sortedBy({ key: 'name', descending: true }, 'modified')).toEqual({ key: 'modified', descending: true });
    expect(sortedBy({ key: 'size', descending: true }, 'name')).toEqual({ key: 'name', descending: false });
  });
});

describe('where a path lies', () => {
  it('names each folder on the way', () => {
    expect(trail('a/b')).toEqual([{ name: '', path: '' }, { name: 'a', path: 'a' }, { name: 'b', path: 'a/b' }]);
  });

  it('does not take a longer name for a folder within', () => {
    expect(isWithin('data2/x', 'data')).toBe(false);
    expect(isWithin('data/x', 'data')).toBe(true);
    expect(isWithin('anything', '')).toBe(true);
  });
});
