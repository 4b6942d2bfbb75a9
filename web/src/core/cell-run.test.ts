import { describe, expect, it } from 'vitest';
import { type CellFacts, canBeStopped, cellRunOf, gutterText } from './cell-run';

const never: CellFacts = { executing: false, takenUpAt: null, count: null, hasError: false, ranInThisKernel: false, refused: null };

describe('the run of a cell', () => {
  it('waits its turn before it runs', () => {
    expect(cellRunOf({ ...never, executing: true })).toEqual({ kind: 'queued' });
    expect(cellRunOf({ ...never, executing: true, takenUpAt: 7 })).toEqual({ kind: 'running', since: 7 });
  });

  it('is stale when its kernel is gone', () => {
    expect(cellRunOf({ ...never, count: 3 })).toEqual({ kind: 'done', count: 3, stale: true });
    expect(cellRunOf({ ...never, count: 3, ranInThisKernel: true })).toEqual({ kind: 'done', count: 3, stale: false });
  });

  it('that failed says so, whatever its count', () => {
    expect(cellRunOf({ ...never, count: null, hasError: true, ranInThisKernel: true })).toEqual({ kind: 'error', count: null, stale: false });
  });

  it('that never got a kernel says why', () => {
    expect(cellRunOf({ ...never, refused: 'no room' })).toEqual({ kind: 'not-started', reason: 'no room' });
  });

  it('shows its count in the gutter, and nothing while the ring turns', () => {
    expect(gutterText({ kind: 'done', count: 12, stale: false })).toBe('[12]');
    expect(gutterText({ kind: 'idle' })).toBe('[ ]');
    expect(gutterText({ kind: 'running', since: 0 })).toBe('');
  });

  it('can be stopped while it waits or runs', () => {
    expect(canBeStopped({ kind: 'queued' })).toBe(true);
    expect(canBeStopped({ kind: 'idle' })).toBe(false);
  });
});
