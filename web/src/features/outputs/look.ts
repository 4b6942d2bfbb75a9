// The page's colours as a frame is told them.
import type { Look } from '../../../frame/protocol';
import { isDark, onTheme } from '../../ui/theme';

const names = ['bg', 'surface', 'surface-2', 'text', 'muted', 'border', 'accent', 'on-accent', 'accent-weak', 'ok', 'warn', 'danger'];

export function currentLook(): Look {
  const style = getComputedStyle(document.documentElement);
  return { dark: isDark(), values: Object.fromEntries(names.map(name => [`--al-${name}`, style.getPropertyValue(`--al-${name}`).trim()])) };
}

/** Tells the look whenever it changes; gives the way to stop that. */
export function onLook(tell: (look: Look) => void): () => void {
  return onTheme(() => tell(currentLook()));
}
