import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Comms } from './comms';
import { most, type FromFrame } from './protocol';

type Sent = Extract<FromFrame, { t: 'comm_msg' }>;

describe('what widgets say', () => {
  const sent: Sent[] = [];
  let comms = new Comms(() => undefined);
  const say = (content: unknown, buffers: ArrayBuffer[] = []) => comms.send('c', { method: 'custom', content }, undefined, buffers);
  const takeAll = () => {
    for (const { message } of sent) comms.idle(message);
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    sent.length = 0;
    comms = new Comms(message => void sent.push(message as Sent));
  });
  afterEach(() => vi.useRealTimers());

  it('goes as soon as the page takes it, and nothing of it is lost', () => {
    for (let i = 0; i < most.commsPerSecond; i += 1) say(i);
    expect(sent.length).toBe(most.underWay);
    while (sent.length < most.commsPerSecond) takeAll();
    expect(sent.map(({ data }) => data['content'])).toEqual(Array.from({ length: most.commsPerSecond }, (_, i) => i));
  });

  it('goes at the page’s pace, however fast the page takes it: a second’s worth at once, then one by one', () => {
    for (let i = 0; i < 1000; i += 1) say(i);
    while (sent.length < most.commsPerSecond) takeAll();
    for (let more = 0; more <= 100; more += 1) {
      takeAll();
      expect(sent.length).toBe(most.commsPerSecond + more);
      vi.advanceTimersByTime(1000 / most.commsPerSecond);
    }
  });

  it('is refused where it is said when it is too large or too much', () => {
    expect(() => say('x'.repeat(most.data))).toThrow(RangeError);
    expect(() => say(1, Array.from({ length: most.buffers + 1 }, () => new ArrayBuffer(1)))).toThrow(RangeError);
    for (let i = 0; i < most.underWay + most.waiting; i += 1) say(i);
    expect(() => say('one more')).toThrow(RangeError);
  });

  it('keeps its own bytes', () => {
    const bytes = new ArrayBuffer(3);
    say(1, [bytes]);
    expect([bytes.byteLength, sent[0]?.buffers.map(each => each.byteLength)]).toEqual([3, [3]]);
  });

  it('tells whoever waits that it has been taken', () => {
    const heard: unknown[] = [];
    const message = comms.send('c', {}, { iopub: { status: status => void heard.push(Reflect.get(status.content, 'execution_state')) } }, []);
    comms.idle(message);
    comms.idle(message);
    expect(heard).toEqual(['idle']);
  });
});

describe('what the kernel says', () => {
  it('is heard in order, each message when the one before is done with, from when there is a model', async () => {
    const comms = new Comms(() => undefined);
    const comm = comms.join('c');
    const heard: unknown[] = [];
    for (const n of [3, 1, 2]) comms.hear('c', { n }, []);
    comms.close('c');
    comm.on_close(() => heard.push('closed'));
    comm.on_msg(async ({ content }) => {
      for (let i = 0; i < Number(content.data['n']); i += 1) await Promise.resolve();
      heard.push(content.data['n']);
    });
    await vi.waitFor(() => expect(heard).toEqual([3, 1, 2, 'closed']));
  });
});
