import { describe, expect, it } from 'vitest';
import type { ModelNews } from '../../../../frame/protocol';
import { Outbox } from './outbox';

const update = (model_id: string, state: Record<string, unknown>, bytes: Record<string, ArrayBuffer> = {}): ModelNews => ({
  kind: 'update', model_id, state, buffer_paths: Object.keys(bytes).map(field => [field]), buffers: Object.values(bytes),
});
const custom = (model_id: string, content: unknown, buffers: ArrayBuffer[] = []): ModelNews => ({ kind: 'custom', model_id, content, buffers });

describe('what waits for a frame', () => {
  it('is taken at once, and the next when the frame has heard', () => {
    const box = new Outbox();
    box.put(update('a', { x: 1 }));
    expect(box.take()).toEqual([update('a', { x: 1 })]);
    box.put(update('a', { x: 2 }));
    expect(box.take()).toEqual([]);
    box.heard();
    expect(box.take()).toEqual([update('a', { x: 2 })]);
  });

  it('is told in full and in order: some modules take fields for messages', () => {
    const box = new Outbox();
    const news = [update('a', { x: 1 }), custom('a', 'first'), update('a', { x: null }), update('b', { x: 1 }), update('a', { x: 2 }), { kind: 'closed', model_id: 'a' } as const];
    for (const each of news) expect(box.put(each)).toBe(true);
    expect(box.take()).toEqual(news);
  });

  it('is what the models are in the end when a kernel is much faster', () => {
    const box = new Outbox();
    for (let i = 0; i < 3 * 1001; i += 1) box.put(i % 2 ? update('b', { x: -i }) : update('a', { x: i, [`y${i % 3}`]: i }));
    expect(box.take()).toEqual([update('b', { x: -3001 }), update('a', { x: 3002, y0: 3000, y1: 2998, y2: 3002 })]);
  });

  it('has the bytes of the latest state', () => {
    const [one, two, other] = [new ArrayBuffer(1), new ArrayBuffer(2), new ArrayBuffer(3)];
    const box = new Outbox({ count: 2, size: 1000 });
    box.put(update('a', { text: 'x' }, { data: one, other }));
    box.put(update('a', {}, { data: two }));
    box.put(update('a', { other: null }));
    expect(box.take()).toEqual([update('a', { text: 'x', other: null }, { data: two })]);
  });

  it('leaves messages out when a thousand wait, but not what the models are', () => {
    const box = new Outbox();
    box.put(update('a', { x: 1 }));
    const taken = Array.from({ length: 1000 }, (_, i) => box.put(custom('a', i)));
    box.put(update('a', { y: 2 }));
    expect(taken.indexOf(false)).toBe(999);
    expect(box.take()).toEqual([update('a', { x: 1 }), update('a', { y: 2 })]);
  });

  it('leaves messages out when they are large', () => {
    const box = new Outbox();
    const large = () => box.put(custom('a', null, [new ArrayBuffer(20 * 1024 * 1024)]));
    expect([large(), large(), large(), large()]).toEqual([true, true, true, false]);
  });
});
