import { describe, expect, it } from 'vitest';
import { type Place, placeOf, queryOf, root, sameList } from './home-place';

const places: Place[] = [
  root,
  { kind: 'folder', path: 'a b/ü & c', file: null },
  { kind: 'folder', path: 'a', file: 'a/x?#.csv' },
  { kind: 'recent' },
  { kind: 'trash' },
  { kind: 'account' },
  { kind: 'search', query: 'sheep & goats' },
];

describe('the address of the home page', () => {
  it.each(places)('leads back to the same place: %j', place => {
    expect(placeOf(queryOf(place))).toEqual(place);
  });

  it('is the top folder for what nobody wrote', () => {
    expect(placeOf('?view=nonsense')).toEqual(root);
    expect(placeOf('?folder=//a//b/')).toEqual({ kind: 'folder', path: 'a/b', file: null });
  });

  it('keeps the list when only a file opens', () => {
    expect(sameList({ kind: 'folder', path: 'a', file: null }, { kind: 'folder', path: 'a', file: 'a/b' })).toBe(true);
    expect(sameList({ kind: 'search', query: 'a' }, { kind: 'search', query: 'b' })).toBe(false);
  });
});
