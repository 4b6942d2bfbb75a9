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

  it.each([
    ['{\n "cells": [,]\n}', 2, 12],
    ['{"a": [1 2]}', 1, 10],
    ['{"a": 1,}', 1, 9],
    ["{'a': 1}", 1, 2],
    ['[1, tru]', 1, 5],
    ['{"a" 1}', 1, 6],
    ['[1]]', 1, 4],
    ['[\n1,\n', 3, 1],
    ['"a\nb"', 1, 1],
    ['[NaN]', 1, 2],
    ['', 1, 1],
  ])('finds the place in %j', (text, line, column) => {
    expect(jsonFault(text)).toMatchObject({ line, column });
  });

  it('finds it in a long text at once', () => {
    const text = `{"image": "${'A'.repeat(5_000_000)}", "lines": [${'"x\\n", '.repeat(100_000)}}`;
    expect(jsonFault(text)?.column).toBe(text.length);
  });
});
