// Which sandboxed frames live. Each costs a document, so only the nearest ones do; the others keep their place and come back.

export interface FramePlace {
  readonly id: number;
  /** Pixels between the frame and what is seen; 0 when it is seen. */
  readonly distance: number;
  readonly live: boolean;
}

export const mostLiveFrames = 40;

/** The frames that shall live: those within `reach`, and those that live already, nearest first, at most `most`. */
export function chooseLive(places: readonly FramePlace[], reach: number, most: number = mostLiveFrames): Set<number> {
  const wanted = places.filter(place => place.live || place.distance <= reach);
  wanted.sort((a, b) => a.distance - b.distance || Number(b.live) - Number(a.live) || a.id - b.id);
  return new Set(wanted.slice(0, most).map(place => place.id));
}

/** How far a span of the page is from what is seen of it. */
export function distanceTo(span: { top: number; bottom: number }, seen: { top: number; bottom: number }): number {
  return Math.max(0, span.top - seen.bottom, seen.top - span.bottom);
}
