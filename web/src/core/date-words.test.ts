import { describe, expect, it } from 'vitest';
import { dateWords, untilWords } from './date-words';

const now = new Date(2026, 5, 15, 12, 0);

describe('moments in words', () => {
  it.each([
    [new Date(2026, 5, 15, 11, 59, 30), 'now', 'jetzt'],
    [new Date(2026, 5, 15, 12, 4), 'now', 'jetzt'],
    [new Date(2026, 5, 15, 11, 55), '5 minutes ago', 'vor 5 Minuten'],
    [new Date(2026, 5, 15, 9, 5), 'today, 09:05', 'heute, 09:05'],
    [new Date(2026, 5, 14, 23, 58), 'yesterday, 23:58', 'gestern, 23:58'],
    [new Date(2026, 2, 3, 8, 0), 'Mar 3', '3. März'],
    [new Date(2024, 2, 3, 8, 0), 'Mar 3, 2024', '3. März 2024'],
  ])('%s', (when, english, german) => {
    expect(dateWords(when, now, 'en')).toBe(english);
    expect(dateWords(when, now, 'de')).toBe(german);
  });

  it('says nothing of a moment that is none', () => {
    expect(dateWords(new Date('nonsense'), now, 'en')).toBe('');
  });

  it('tells how far off an end is', () => {
    expect(untilWords(new Date(2026, 6, 15, 12, 0), now, 'en')).toBe('in 30 days');
    expect(untilWords(new Date(2026, 5, 15, 12, 0, 5), now, 'de')).toBe('in 1 Minute');
  });
});
