// Which rows of a long list are in sight, so that only those are drawn.
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

export interface RowWindow {
  readonly first: number;
  /** One beyond the last. */
  readonly end: number;
  readonly rowsInSight: number;
}

const beyond = 8;

/** Rows of one height below `headHeight` pixels of heading, in a scrolling element. */
export function useRowWindow(scroller: RefObject<HTMLElement>, count: number, rowHeight: number, headHeight: number): { window: RowWindow; show: (index: number) => void } {
  const [place, setPlace] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => setPlace(before => {
      const top = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      return before.top === top && before.height === element.clientHeight ? before : { top, height: element.clientHeight };
    });
    read();
    const watch = new ResizeObserver(read);
    watch.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [scroller, rowHeight]);
  const show = useCallback((index: number) => {
    const element = scroller.current;
    if (!element) return;
    const top = index * rowHeight;
    const bottom = top + rowHeight - (element.clientHeight - headHeight);
    if (element.scrollTop > top) element.scrollTop = top;
    else if (element.scrollTop < bottom) element.scrollTop = bottom;
  }, [scroller, rowHeight, headHeight]);
  const first = Math.max(0, Math.floor(place.top / rowHeight) - beyond);
  const rowsInSight = Math.ceil(place.height / rowHeight);
  return { window: { first, end: Math.min(count, first + rowsInSight + 2 * beyond), rowsInSight }, show };
}
