import { describe, expect, it } from 'vitest';
import { connectionOf, isKnownEnd, type KernelFacts } from './connection';

const nothing: KernelFacts = { askedAt: null, hasKernel: false, status: 'unknown', socket: 'disconnected', lostAt: null, end: null };
const running: KernelFacts = { ...nothing, hasKernel: true, status: 'idle', socket: 'connected' };

describe('the connection of a notebook', () => {
  it('begins with none, starts when asked, and is ready when the kernel answers', () => {
    expect(connectionOf(nothing)).toEqual({ kind: 'none' });
    expect(connectionOf({ ...nothing, askedAt: 5 })).toEqual({ kind: 'starting', since: 5 });
    expect(connectionOf(running)).toEqual({ kind: 'ready', busy: false });
    expect(connectionOf({ ...running, status: 'busy' })).toEqual({ kind: 'ready', busy: true });
  });

  it('that lost its socket reconnects, and a new one that has yet to open does not count as lost', () => {
    expect(connectionOf({ ...running, socket: 'connecting', lostAt: 9 })).toEqual({ kind: 'reconnecting', since: 9 });
    expect(connectionOf({ ...running, socket: 'connecting' })).toEqual({ kind: 'ready', busy: false });
  });

  it('that ended keeps its reason until a new kernel is asked for', () => {
    const end = { reason: 'lifetime', message: 'after 12 h' };
    expect(connectionOf({ ...running, end })).toEqual({ kind: 'ended', ...end });
    expect(connectionOf({ ...nothing, end, askedAt: 1 })).toEqual({ kind: 'starting', since: 1 });
  });

  it('of a dead kernel is over even when nobody said why', () => {
    expect(connectionOf({ ...running, status: 'dead' })).toEqual({ kind: 'ended', reason: null, message: null });
  });

  it('knows the server’s words', () => {
    expect(isKnownEnd('out_of_memory')).toBe(true);
    expect(isKnownEnd('a new one')).toBe(false);
    expect(isKnownEnd(null)).toBe(false);
  });
});
