// How what is on the page stands with the server, and what follows from what happens to it. Decided here; the saver only acts.

export type SaveFailure = 'away' | 'signed-out' | 'forbidden' | 'gone' | 'too-large' | 'full' | 'server';

export type Saving =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** Tried again at `nextTry`, unless trying makes no sense before a person acted (null). `keptAt`: when this browser kept a copy. */
  | { readonly kind: 'failed'; readonly why: SaveFailure; readonly message: string; readonly tries: number; readonly nextTry: number | null; readonly keptAt: number | null };

/** Whether leaving the page now could lose something. */
export const isAtRisk = (saving: Saving): boolean => saving.kind !== 'saved';

/** Only for these the next try can go better by itself. */
export const helpsToWait = (why: SaveFailure): boolean => why === 'away' || why === 'server' || why === 'full';

export function failureOfStatus(status: number, reason = ''): SaveFailure {
  if (status === 0 || status === 502 || status === 503 || status === 504) return 'away';
  if (status === 401) return 'signed-out';
  if (status === 403) return reason === 'denied' ? 'forbidden' : 'signed-out'; // Jupyter answers 403 to strangers
  if (status === 404 || status === 410) return 'gone';
  if (status === 413) return 'too-large';
  if (status === 507) return 'full';
  return 'server';
}

const longest = 60_000;

/** Milliseconds before try number `tries + 1`: 2 s, 4 s, 8 s … a minute. */
export const pauseAfter = (tries: number): number => Math.min(longest, 1000 * 2 ** Math.max(1, tries));
