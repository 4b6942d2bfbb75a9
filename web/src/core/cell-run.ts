// What the round button of a code cell says: how the cell's last run stands.

export type CellRun =
  | { readonly kind: 'idle' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly since: number }
  /** `stale`: by a kernel that is gone, so the variables it made are gone too. */
  | { readonly kind: 'done'; readonly count: number | null; readonly stale: boolean }
  | { readonly kind: 'error'; readonly count: number | null; readonly stale: boolean }
  /** No kernel could be had for it. */
  | { readonly kind: 'not-started'; readonly reason: string };

export interface CellFacts {
  readonly executing: boolean;
  /** When the kernel took it up; null while it waits its turn. */
  readonly takenUpAt: number | null;
  readonly count: number | null;
  readonly hasError: boolean;
  readonly ranInThisKernel: boolean;
  readonly refused: string | null;
}

export function cellRunOf(facts: CellFacts): CellRun {
  if (facts.executing) return facts.takenUpAt === null ? { kind: 'queued' } : { kind: 'running', since: facts.takenUpAt };
  if (facts.refused !== null) return { kind: 'not-started', reason: facts.refused };
  const stale = !facts.ranInThisKernel;
  if (facts.hasError) return { kind: 'error', count: facts.count, stale };
  if (facts.count !== null) return { kind: 'done', count: facts.count, stale };
  return { kind: 'idle' };
}

/** What stands in the gutter when the pointer is elsewhere. */
export function gutterText(run: CellRun): string {
  if (run.kind === 'done' || run.kind === 'error') return run.count === null ? '[ ]' : `[${run.count}]`;
  return run.kind === 'queued' || run.kind === 'running' ? '' : '[ ]';
}

export const canBeStopped = (run: CellRun): boolean => run.kind === 'queued' || run.kind === 'running';
