import { describe, expect, it } from 'vitest';
import { type TextState, TextSaver } from './text-saving';

class Clash extends Error {}

/** A file that others change too. */
function file(text: string) {
  const disk = { text, version: 0, refusal: null as Error | null };
  const told: TextState['kind'][] = [];
  let mine = text;
  const saver = new TextSaver({
    text: () => mine,
    write: async (next, over) => {
      if (disk.refusal) throw disk.refusal;
      if (over !== String(disk.version)) throw new Clash();
      disk.text = next;
      disk.version += 1;
      return String(disk.version);
    },
    isConflict: error => error instanceof Clash,
    words: error => (error as Error).message,
    changed: state => told.push(state.kind),
  }, text, '0');
  const write = (next: string) => {
    mine = next;
    saver.edited();
  };
  return { disk, told, saver, write, mine: () => mine };
}

describe('a text file', () => {
  it('is kept as it is when it is written, and again with what was written meanwhile', async () => {
    const { disk, saver, write } = file('a');
    write('ab');
    const first = saver.save();
    write('abc');
    await first;
    expect(disk.text).toBe('abc');
    expect(saver.state).toEqual({ kind: 'saved' });
    expect(saver.mayLose).toBe(false);
  });

  it('is not written when nothing was changed, or it was taken back', async () => {
    const { disk, saver, write } = file('a');
    write('ab');
    write('a');
    expect(saver.state.kind).toBe('saved');
    await saver.save();
    expect(disk.version).toBe(0);
  });

  it('is not written over what somebody else wrote until the person has chosen', async () => {
    const { disk, saver, write } = file('a');
    disk.version = 7;
    disk.text = 'theirs';
    write('mine');
    await saver.save();
    write('mine too');
    await saver.save();
    expect(saver.state.kind).toBe('conflict');
    expect(disk.text).toBe('theirs');
    await saver.settle({ text: 'theirs', hash: '7' }, true);
    expect(disk.text).toBe('mine too');
    expect(saver.state.kind).toBe('saved');
  });

  it('is as somebody else wrote it when the person takes theirs', async () => {
    const { disk, saver, write } = file('a');
    disk.version = 7;
    write('mine');
    await saver.save();
    write('theirs');
    await saver.settle({ text: 'theirs', hash: '7' }, false);
    expect(saver.state.kind).toBe('saved');
    expect(disk.version).toBe(7);
  });

  it('says why it could not be kept, and is kept at the next try', async () => {
    const { disk, saver, write } = file('a');
    disk.refusal = new Error('no room');
    write('ab');
    await saver.save();
    expect(saver.state).toEqual({ kind: 'failed', message: 'no room' });
    expect(saver.mayLose).toBe(true);
    disk.refusal = null;
    await saver.save();
    expect(disk.text).toBe('ab');
  });
});
