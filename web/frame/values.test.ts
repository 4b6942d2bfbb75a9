import { describe, expect, it } from 'vitest';
import { copyOf, placeBytes } from './values';

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;
const read = (value: unknown) => [...new Uint8Array((value as DataView).buffer as ArrayBuffer)];

describe('a copy of a value', () => {
  it('is what JSON would keep', () => {
    const value = { a: [1, 'x', null, undefined, { b: true }], at: new Date(0), none: undefined, run: () => 1, not: Number.NaN };
    expect(copyOf(value)).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it('keeps bytes, and of a view only what it shows', () => {
    const { whole, part } = copyOf({ whole: bytes(1, 2), part: new Uint8Array(bytes(1, 2, 3, 4), 1, 2) }) as { whole: DataView; part: DataView };
    expect([read(whole), read(part)]).toEqual([[1, 2], [2, 3]]);
  });
});

describe('bytes', () => {
  it('go where their paths say', () => {
    const state: Record<string, unknown> = { a: {}, list: [0, null] };
    placeBytes(state, [['a', 'x'], ['list', 1], ['b']], [bytes(1), bytes(2), bytes(3)]);
    expect([(state['a'] as Record<string, unknown>)['x'], (state['list'] as unknown[])[1], state['b']].map(read)).toEqual([[1], [2], [3]]);
  });

  it('go nowhere outside the state', () => {
    const state: Record<string, unknown> = { a: {}, list: [] };
    placeBytes(state, [['__proto__', 'x'], ['a', '__proto__'], ['a', 'constructor', 'prototype', 'x'], ['no', 'where'], ['list', 5], ['list', 'length'], []], Array.from({ length: 7 }, () => bytes(1)));
    expect(state).toEqual({ a: {}, list: [] });
    expect(Reflect.get({}, 'x')).toBeUndefined();
    expect(Object.getPrototypeOf(state['a'])).toBe(Object.prototype);
  });
});
