import { describe, expect, it } from 'vitest';
import { failureOfStatus, helpsToWait, isAtRisk, pauseAfter } from './saving';

describe('saving', () => {
  it('waits longer after each failure, a minute at most', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(pauseAfter)).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('tries again by itself only where that can help', () => {
    expect([0, 503, 500, 507].map(status => helpsToWait(failureOfStatus(status)))).toEqual([true, true, true, true]);
    expect([401, 404, 413].map(status => helpsToWait(failureOfStatus(status)))).toEqual([false, false, false]);
  });

  it('tells a stranger from somebody who may not', () => {
    expect(failureOfStatus(403, '')).toBe('signed-out');
    expect(failureOfStatus(403, 'denied')).toBe('forbidden');
  });

  it('is at risk until the server has it', () => {
    expect(isAtRisk({ kind: 'saved' })).toBe(false);
    expect(isAtRisk({ kind: 'saving' })).toBe(true);
  });
});
