import { expect, it } from 'vitest';
import { chooseLive, distanceTo, type FramePlace } from './outputs-live';

const place = (id: number, distance: number, live = false): FramePlace => ({ id, distance, live });

it('wakes what comes near and leaves alone what is far', () => {
  expect([...chooseLive([place(1, 0), place(2, 500), place(3, 5000)], 800)]).toEqual([1, 2]);
});

it('lets a frame live on while there is room, so that scrolling a little loses nothing', () => {
  expect(chooseLive([place(1, 9000, true), place(2, 0)], 800).has(1)).toBe(true);
});

it('lets the farthest go when there are too many', () => {
  const places = Array.from({ length: 60 }, (_, id) => place(id, id * 100, true));
  const live = chooseLive(places, 800);
  expect(live.size).toBe(40);
  expect(Math.max(...live)).toBe(39);
});

it('never lets more live than allowed, even when all are seen', () => {
  const live = chooseLive(Array.from({ length: 100 }, (_, id) => place(id, 0, id >= 50)), 800);
  expect(live.size).toBe(40);
  expect(Math.min(...live)).toBe(50);
});

it('measures distance upwards and downwards', () => {
  const seen = { top: 0, bottom: 800 };
  expect([distanceTo({ top: 900, bottom: 1000 }, seen), distanceTo({ top: -300, bottom: -100 }, seen), distanceTo({ top: -10, bottom: 2000 }, seen)]).toEqual([100, 100, 0]);
});
