import { expect, it } from 'vitest';
import { Chase } from './chase';

it('ends when content grows only because its frame did', () => {
  const chase = new Chase();
  let frame = 24;
  for (let i = 0; i < 100; i += 1) if (chase.admits(frame + 16, i > 0)) frame += 16;
  expect(frame).toBeLessThan(150);
});

it('is none when lines come one by one, each followed by a higher frame', () => {
  const chase = new Chase();
  for (let i = 1; i <= 100; i += 1) {
    expect(chase.admits(i * 20, false)).toBe(true);
    expect(chase.admits(i * 20, true)).toBe(true);
  }
});
