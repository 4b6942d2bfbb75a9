// A runtime as the page shows it: shares, times, and when to warn.

export interface Share {
  readonly used: number;
  readonly limit: number;
}

/** Everywhere but to private networks; where its tier says; nowhere. */
export type NetworkAccess = 'egress' | 'allow-list' | 'none';

export interface RuntimeDecision {
  readonly id: string;
  readonly step: 'notice' | 'warning' | 'throttle' | 'stop' | 'hold' | 'restrict';
  /** What is slowed down. */
  readonly throttle: string | null;
  readonly title: string;
  readonly title_de: string;
  /** What was seen, the strongest first. */
  readonly seen: readonly { readonly says: string; readonly says_de: string }[];
  /** When it ends by itself. */
  readonly endsAt: number | null;
}

export interface RuntimeView {
  readonly id: string;
  /** Its person's; '' is the one that everything uses unless told otherwise. */
  readonly name: string;
  readonly state: 'queued' | 'starting' | 'ready' | 'stopping' | 'stopped';
  readonly reason: string | null;
  /** The same as a sentence. */
  readonly message: string | null;
  readonly startedAt: number | null;
  readonly endsAt: number | null;
  readonly memory: Share | null;
  readonly cpu: { readonly usedSeconds: number; readonly limit: number } | null;
  readonly disk: Share | null;
  /** The account's files, where code sees them; a limit of 0 is none. */
  readonly drive: Share | null;
  readonly processes: Share | null;
  /** What it may do in the network, and bytes since it began. */
  readonly network: { readonly access: NetworkAccess; readonly sent: number; readonly received: number } | null;
  readonly kernels: number;
  readonly image: string;
  /** The device it has, or the kind that it waits for. */
  readonly accelerator: string | null;
  /** Null where its maker's library does not tell. */
  readonly acceleratorMemory: Share | null;
  /** Of the last moments, 0 to 1. */
  readonly acceleratorBusy: number | null;
  /** When it ends if nothing runs in it until then; null while something runs. */
  readonly idleEndsAt: number | null;
  /** Others wait, so that it ends sooner. */
  readonly neededByOthers: boolean;
  /** When its person's compute units are used up. */
  readonly unitsEndAt: number | null;
  /** What holds of it by the rules of the commons, the last first. */
  readonly decisions: readonly RuntimeDecision[];
  /** Where it stands while it waits for its turn. */
  readonly queue: { readonly place: number; readonly of: number; readonly estimateSeconds: number | null; /** Why nobody is let in just now. */ readonly paused: string | null } | null;
}

/** What ends the runtime soon, if nobody does anything about it. */
export type ComingEnd = { readonly kind: 'idle' | 'needed' | 'quota' | 'lifetime'; readonly at: number };

const minute = 60_000;
/** From when on a person is told. */
const notice = { idle: 10 * minute, needed: Infinity, quota: 30 * minute, lifetime: 30 * minute };

/** The end that comes first, once it is so near that a person is to know. */
export function comingEnd(runtime: RuntimeView | null, now: number): ComingEnd | null {
  if (runtime?.state !== 'ready') return null;
  const idle: ComingEnd['kind'] = runtime.neededByOthers ? 'needed' : 'idle';
  const ends = ([[idle, runtime.idleEndsAt], ['quota', runtime.unitsEndAt], ['lifetime', runtime.endsAt]] as const)
    .flatMap(([kind, at]) => (at !== null && at - now <= notice[kind] ? [{ kind, at }] : []))
    .sort((a, b) => a.at - b.at);
  return ends[0] ?? null;
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

/** The runtime the page talks about: one that runs, else the last one that ended. */
export function currentRuntime(all: readonly RuntimeView[]): RuntimeView | null {
  const order = { ready: 0, starting: 1, queued: 2, stopping: 3, stopped: 4 };
  return [...all].sort((a, b) => order[a.state] - order[b.state] || (b.startedAt ?? 0) - (a.startedAt ?? 0))[0] ?? null;
}

/** Used processor cores between two readings. */
export function coresBetween(before: { at: number; usedSeconds: number }, after: { at: number; usedSeconds: number }): number | null {
  const elapsed = (after.at - before.at) / 1000;
  return elapsed > 0 && after.usedSeconds >= before.usedSeconds ? (after.usedSeconds - before.usedSeconds) / elapsed : null;
}
