import { describe, expect, it } from 'vitest';
import { collisionsOf, destinations } from './collisions';

const there = new Map([['a.ipynb', false], ['d', true], ['d/x.csv', false], ['a (1).ipynb', false]]);

describe('files that meet others', () => {
  it('are found in their own folder only', () => {
    expect(collisionsOf(['x.csv', 'd/x.csv', 'd'], there)).toEqual([{ path: 'd/x.csv', folder: false }, { path: 'd', folder: true }]);
  });

  it('go where the answer says', () => {
    const wanted = ['a.ipynb', 'd/x.csv', 'new.txt', 'd'];
    const answers = new Map([['a.ipynb', 'keep-both'], ['d/x.csv', 'replace'], ['d', 'skip']] as const);
    expect([...destinations(wanted, there, answers)]).toEqual([['a.ipynb', 'a (2).ipynb'], ['d/x.csv', 'd/x.csv'], ['new.txt', 'new.txt'], ['d', null]]);
  });

  it('never take a name that another file of the same upload wants', () => {
    const places = destinations(['b.txt', 'b (1).txt'], new Map([['b.txt', false]]), new Map([['b.txt', 'keep-both']]));
    expect([...places.values()]).toEqual(['b (2).txt', 'b (1).txt']);
  });

  it('go nowhere without an answer', () => {
    expect(destinations(['a.ipynb'], there, new Map()).get('a.ipynb')).toBeNull();
  });
});
