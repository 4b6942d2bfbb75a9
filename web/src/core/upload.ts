// An upload as values: in which pieces a file goes, how far it is, how fast.

export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Jupyter's number of a piece: 1, 2, …, −1 for the last; null when the file goes whole. */
  readonly chunk: number | null;
}

const mebi = 1024 * 1024;
export const wholeUpTo = 15 * mebi;
export const pieceSize = 4 * mebi;

export function piecesOf(size: number): Piece[] {
  if (size <= wholeUpTo) return [{ from: 0, to: size, chunk: null }];
  const count = Math.ceil(size / pieceSize);
  return Array.from({ length: count }, (_, index) => ({
    from: index * pieceSize, to: Math.min(size, (index + 1) * pieceSize), chunk: index === count - 1 ? -1 : index + 1,
  }));
}

export interface Reading {
  readonly at: number;
  readonly sent: number;
}

const window = 4000;

/** The readings that still count for the rate, the new one included. */
export function withReading(readings: readonly Reading[], next: Reading): Reading[] {
  return [...readings.filter(each => next.at - each.at <= window), next];
}

/** Bytes a second over the last readings; null until two of them lie far enough apart to tell. */
export function rateOf(readings: readonly Reading[]): number | null {
  const first = readings[0];
  const last = readings.at(-1);
  if (!first || !last || last.at - first.at < 200) return null;
  return ((last.sent - first.sent) / (last.at - first.at)) * 1000;
}

export type UploadState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending'; readonly sent: number; readonly readings: readonly Reading[] }
  | { readonly kind: 'done'; readonly warning: string | null }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

export interface Upload {
  readonly id: number;
  /** Where it goes. */
  readonly path: string;
  readonly size: number;
  readonly state: UploadState;
}

export const isOpen = (upload: Upload): boolean => upload.state.kind === 'waiting' || upload.state.kind === 'sending';

/** 0 to 1. An empty file is done when it is done. */
export function shareOf(upload: Upload): number {
  if (upload.state.kind === 'done') return 1;
  if (upload.state.kind !== 'sending' || upload.size === 0) return 0;
  return Math.min(1, upload.state.sent / upload.size);
}

/** The next ones to begin, so that no more than `together` are on the way at once. */
export function nextUploads(all: readonly Upload[], together: number): Upload[] {
  const going = all.filter(each => each.state.kind === 'sending').length;
  return all.filter(each => each.state.kind === 'waiting').slice(0, Math.max(0, together - going));
}
