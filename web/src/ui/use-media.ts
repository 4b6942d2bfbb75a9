import { useSyncExternalStore } from 'react';

/** Whether the window is like that now; draws anew when it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    listener => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

export const narrow = '(max-width: 760px)';
