// A runtime as the page shows it: shares, times, and when to warn.

export interface Share {
  readonly used: number;
  readonly limit: number;
}

export interface RuntimeView {
  readonly id: string;
  readonly state: 'starting' | 'ready' | 'stopping' | 'stopped';
  readonly reason: string | null;
  readonly startedAt: number | null;
  readonly endsAt: number | null;
  readonly memory: Share | null;
  readonly cpu: { readonly usedSeconds: number; readonly limit: number } | null;
  readonly disk: Share | null;
  readonly processes: Share | null;
  readonly kernels: number;
  readonly image: string;
}

export type Level = 'ok' | 'warn' | 'danger';

/** Calm below three quarters, careful below nine tenths. */
export function levelOf(share: number): Level {
  if (share >= 0.9) return 'danger';
  return share >= 0.75 ? 'warn' : 'ok';
}

export function shareOf(part: Share | null): number {
  return part && part.limit > 0 ? Math.min(1, part.used / part.limit) : 0;
}

/** The runtime the page talks about: the one that runs, else the last one that ended. */
export function currentRuntime(all: readonly RuntimeView[]): RuntimeView | null {
  const order = { ready: 0, starting: 1, stopping: 2, stopped: 3 };
  return [...all].sort((a, b) => order[a.state] - order[b.state] || (b.startedAt ?? 0) - (a.startedAt ?? 0))[0] ?? null;
}

/** Used processor cores between two readings. */
export function coresBetween(before: { at: number; usedSeconds: number }, after: { at: number; usedSeconds: number }): number | null {
  const elapsed = (after.at - before.at) / 1000;
  return elapsed > 0 && after.usedSeconds >= before.usedSeconds ? (after.usedSeconds - before.usedSeconds) / elapsed : null;
}
