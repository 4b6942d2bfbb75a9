import { expect, it } from 'vitest';
import { RateLimit } from './outputs-rate';

it('lets a burst through, then as many as refill', () => {
  const limit = new RateLimit(3, 2);
  expect([0, 0, 0, 0, 0].map(at => limit.take(at))).toEqual([true, true, true, false, false]);
  expect(limit.take(400)).toBe(false);
  expect(limit.take(500)).toBe(true);
  expect(limit.take(500)).toBe(false);
});

it('keeps no more than a burst, however long nothing happened', () => {
  const limit = new RateLimit(2, 100);
  limit.take(0);
  expect([1e9, 1e9, 1e9].map(at => limit.take(at))).toEqual([true, true, false]);
});
