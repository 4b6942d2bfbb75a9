import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { most } from './protocol';
import { Teller } from './teller';

const told: number[] = [];
beforeEach(() => {
  told.length = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

it('tells the first height at once, and a height only once', () => {
  const teller = new Teller(height => told.push(height));
  for (let i = 0; i < 10; i += 1) {
    teller.put(20);
    vi.advanceTimersByTime(1000);
  }
  expect(told).toEqual([20]);
});

it('tells no more heights a second than the page takes, and the last of them', () => {
  const teller = new Teller(height => told.push(height));
  for (let i = 1; i <= 1000; i += 1) {
    teller.put(i);
    vi.advanceTimersByTime(1);
  }
  expect(told.length).toBeLessThanOrEqual(most.sizesPerSecond + 1);
  vi.advanceTimersByTime(1000);
  expect(told.at(-1)).toBe(1000);
});

it('leaves room for all else a frame says', () => {
  expect(most.commsPerSecond + most.sizesPerSecond + most.newsPerSecond).toBeLessThanOrEqual(most.perSecond);
});
