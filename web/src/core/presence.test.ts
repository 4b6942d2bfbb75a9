import { describe, expect, it } from 'vitest';
import { colourCount, colourOf, initials, peopleOf } from './presence';

describe('who else is there', () => {
  it('is everybody with a name but this page', () => {
    const states = new Map<number, unknown>([
      [1, { user: { username: 'a', display_name: 'Ada' } }],
      [2, { user: { username: 'b', name: 'Bob' }, cell: 'c1', cursors: [{ anchor: 1, head: 2, primary: true }] }],
      [3, { user: {} }], [4, null], [5, 'x'],
    ]);
    expect(peopleOf(states, 1)).toEqual([{ client: 2, name: 'Bob', colour: colourOf('b'), cell: 'c1', cursors: [{ anchor: 1, head: 2 }] }]);
  });

  it('is said by strangers, so that nothing of it is taken as it comes', () => {
    const state = { user: { name: ' x '.repeat(500), color: 'url(https://elsewhere)' }, cell: { id: 1 }, cursors: Array(1000).fill(null) };
    const [person] = peopleOf(new Map([[9, state]]), 1);
    expect(person?.name.length).toBe(61);
    expect(person?.cell).toBeNull();
    expect(person?.cursors.length).toBe(20);
    expect(Object.keys(person ?? {})).not.toContain('color');
  });

  it('has one colour on every page, out of those there are', () => {
    for (const key of ['', 'ada', 'acc_1', '🐑']) expect(colourOf(key)).toBeLessThan(colourCount);
    expect(colourOf('ada')).toBe(colourOf('ada'));
  });

  it('is known by two letters', () => {
    expect(['Ada Lovelace', 'bob', '', 'x.y-z'].map(initials)).toEqual(['AL', 'B', '?', 'XZ']);
  });
});
