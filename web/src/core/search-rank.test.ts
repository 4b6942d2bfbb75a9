import { describe, expect, it } from 'vitest';
import { marked, ranked } from './search-rank';

const hit = (path: string, day = 1) => ({ path, name: path.split('/').at(-1) ?? path, last_modified: `2026-01-0${day}T00:00:00Z` });

describe('the order of what was found', () => {
  it('is: the name, names that begin so, words of it, parts of it, the folder', () => {
    const found = ['sheep/notes.txt', 'counting asleepers.txt', 'my sheep.csv', 'Sheep count.ipynb', 'old/sheep.ipynb'].map(path => hit(path.replace('asleepers', 'unsheeped')));
    expect(ranked(found, 'sheep').map(each => each.path)).toEqual(['old/sheep.ipynb', 'Sheep count.ipynb', 'my sheep.csv', 'counting unsheeped.txt', 'sheep/notes.txt']);
  });
  it('puts the newest first among equals', () => {
    expect(ranked([hit('a/x.txt', 1), hit('b/x.txt', 3), hit('c/x.txt', 2)], 'x').map(each => each.path)).toEqual(['b/x.txt', 'c/x.txt', 'a/x.txt']);
  });
  it('takes signs in a query as they are', () => {
    expect(ranked([hit('a.txt'), hit('c++ (1).txt')], 'c++ (')[0]?.path).toBe('c++ (1).txt');
  });
});

describe('marking', () => {
  it('marks each word wherever it stands, in any case', () => {
    expect(marked('Big Data big.csv', 'big')).toEqual([{ text: 'Big', found: true }, { text: ' Data ', found: false }, { text: 'big', found: true }, { text: '.csv', found: false }]);
  });
  it('marks nothing for an empty query', () => {
    expect(marked('a.b', ' ')).toEqual([{ text: 'a.b', found: false }]);
  });
});
