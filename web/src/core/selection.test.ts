import { describe, expect, it } from 'vitest';
import { choose, chooseAll, kept, nothing, step, typedAhead } from './selection';

const order = ['a', 'b', 'c', 'd', 'e'];
const only = (path: string) => choose(order, nothing, path, 'only');

describe('choosing entries', () => {
  it('extends from where the range began, however often the end moves', () => {
    const wide = choose(order, only('b'), 'e', 'extend');
    expect([...wide.chosen]).toEqual(['b', 'c', 'd', 'e']);
    expect([...choose(order, wide, 'a', 'extend').chosen]).toEqual(['a', 'b']);
  });

  it('takes an entry in and out with Ctrl and leaves the others', () => {
    const two = choose(order, only('a'), 'c', 'toggle');
    expect([...two.chosen]).toEqual(['a', 'c']);
    expect([...choose(order, two, 'a', 'toggle').chosen]).toEqual(['c']);
  });

  it('stops at the ends of the list', () => {
    expect(step(order, only('e'), 1, 'only').active).toBe('e');
    expect(step(order, only('a'), -10, 'only').active).toBe('a');
    expect(step([], nothing, 1, 'only')).toBe(nothing);
  });

  it('begins at the first with Down and at the last with Up', () => {
    expect(step(order, nothing, 1, 'only').active).toBe('a');
    expect(step(order, nothing, -1, 'only').active).toBe('e');
  });

  it('chooses all of them', () => {
    expect(chooseAll(order, nothing).chosen.size).toBe(5);
  });
});

describe('when the list changes', () => {
  it('forgets what is gone and stands where the gone one stood', () => {
    const after = kept(['a', 'b', 'd', 'e'], choose(order, only('b'), 'c', 'extend'), order);
    expect([...after.chosen]).toEqual(['b']);
    expect(after.active).toBe('d');
  });

  it('stands on nothing in an empty list', () => {
    expect(kept([], only('a'), order)).toEqual({ chosen: new Set(), active: null, anchor: null });
  });
});

describe('typing letters', () => {
  const names = ['Alpha', 'beta', 'bison', 'gamma'].map(name => ({ name, path: name }));
  it('goes on to the next name with the same letter, and round', () => {
    expect(typedAhead(names, 'beta', 'b')).toBe('bison');
    expect(typedAhead(names, 'bison', 'b')).toBe('beta');
  });
  it('stays while more letters fit', () => {
    expect(typedAhead(names, 'bison', 'bi')).toBe('bison');
    expect(typedAhead(names, 'bison', 'x')).toBeNull();
  });
});
