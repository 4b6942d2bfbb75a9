import { describe, expect, it } from 'vitest';
import { comingEnd, currentRuntime, type RuntimeView } from './runtime-state';

const minute = 60_000;
const now = Date.parse('2026-11-29T09:00:00Z');
const made = (change: Partial<RuntimeView>): RuntimeView => ({
  id: 'rt_1', name: '', state: 'ready', reason: null, message: null, startedAt: now, endsAt: now + 600 * minute, memory: null, cpu: null, disk: null, drive: null, processes: null, network: null, kernels: 0, image: 'default', accelerator: null, acceleratorMemory: null, acceleratorBusy: null,
  idleEndsAt: null, neededByOthers: false, unitsEndAt: null, decisions: [], queue: null, ...change,
});

describe('a coming end', () => {
  it('is told only once it is near', () => {
    expect(comingEnd(made({}), now)).toBeNull();
    expect(comingEnd(made({ idleEndsAt: now + 11 * minute }), now)).toBeNull();
    expect(comingEnd(made({ idleEndsAt: now + 9 * minute }), now)).toEqual({ kind: 'idle', at: now + 9 * minute });
    expect(comingEnd(made({ endsAt: now + 29 * minute }), now)).toEqual({ kind: 'lifetime', at: now + 29 * minute });
    expect(comingEnd(made({ unitsEndAt: now + 29 * minute }), now)).toEqual({ kind: 'quota', at: now + 29 * minute });
  });

  it('is told at once when others need the place', () => {
    expect(comingEnd(made({ idleEndsAt: now + 40 * minute, neededByOthers: true }), now)).toEqual({ kind: 'needed', at: now + 40 * minute });
  });

  it('is the first of several', () => {
    expect(comingEnd(made({ idleEndsAt: now + 9 * minute, unitsEndAt: now + 2 * minute }), now)?.kind).toBe('quota');
  });

  it('is nothing of a runtime that does not run', () => {
    expect(comingEnd(made({ state: 'stopped', idleEndsAt: now }), now)).toBeNull();
    expect(comingEnd(null, now)).toBeNull();
  });
});

describe('the runtime a page talks about', () => {
  it('is the one that waits rather than the one that ended', () => {
    expect(currentRuntime([made({ id: 'old', state: 'stopped' }), made({ id: 'new', state: 'queued' })])?.id).toBe('new');
  });
});
