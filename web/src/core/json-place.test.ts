import { describe, expect, it } from 'vitest';
import { jsonFault, placeOf } from './json-place';

describe('the place of a fault', () => {
  it('counts lines and columns from one', () => {
    expect(placeOf('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  });

  it('is where the parser stopped', () => {
    expect(jsonFault('{\n  "a": 1,\n  x\n}')).toMatchObject({ line: 3, column: 3 });
  });

  it('is the end when the text breaks off', () => {
    expect(jsonFault('{"a": [')).toMatchObject({ line: 1, column: 8 });
  });

  it('does not exist in good JSON', () => {
    expect(jsonFault('{"a": 1}')).toBeNull();
  });
});
