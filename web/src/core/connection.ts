// How the notebook stands with its kernel, in the few states the page shows.

export type Connection =
  | { readonly kind: 'none' }
  | { readonly kind: 'starting'; readonly since: number }
  | { readonly kind: 'ready'; readonly busy: boolean }
  | { readonly kind: 'restarting' }
  | { readonly kind: 'reconnecting'; readonly since: number }
  /** `reason`: the server's word for it ("out_of_memory"), `message` its sentence. */
  | { readonly kind: 'ended'; readonly reason: string | null; readonly message: string | null };

export interface KernelFacts {
  /** A kernel has been asked for and has not answered yet, since then. */
  readonly askedAt: number | null;
  readonly hasKernel: boolean;
  /** Jupyter's word: idle, busy, starting, restarting, autorestarting, dead, unknown … */
  readonly status: string;
  readonly socket: 'connected' | 'connecting' | 'disconnected';
  /** When the socket was lost; null while it is there. */
  readonly lostAt: number | null;
  readonly end: { readonly reason: string | null; readonly message: string | null } | null;
}

export function connectionOf(facts: KernelFacts): Connection {
  if (facts.askedAt !== null) return { kind: 'starting', since: facts.askedAt };
  if (facts.end) return { kind: 'ended', ...facts.end };
  if (!facts.hasKernel) return { kind: 'none' };
  if (facts.status === 'dead') return { kind: 'ended', reason: null, message: null };
  if (facts.status === 'restarting' || facts.status === 'autorestarting') return { kind: 'restarting' };
  if (facts.socket !== 'connected' && facts.lostAt !== null) return { kind: 'reconnecting', since: facts.lostAt };
  return { kind: 'ready', busy: facts.status === 'busy' };
}

/** The words the server has for why a runtime ended, as far as the page has its own sentence for them. */
export const knownEnds = ['stopped', 'cancelled', 'idle', 'needed', 'quota', 'lifetime', 'out_of_memory', 'exited', 'killed', 'engine_gone', 'start_failed'] as const;

export const isKnownEnd = (reason: string | null): reason is (typeof knownEnds)[number] => knownEnds.some(known => known === reason);
