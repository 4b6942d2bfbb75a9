// Light, dark or as the system says. JupyterLab reads `data-jp-theme-light` of the body, our tokens read `data-theme` of the root.

export type ThemeChoice = 'system' | 'light' | 'dark';

const kept = 'allmende.theme';
const system = () => matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<(dark: boolean) => void>();
let choice: ThemeChoice = 'system';

const isChoice = (value: unknown): value is ThemeChoice => value === 'system' || value === 'light' || value === 'dark';

export const themeChoice = (): ThemeChoice => choice;
export const isDark = (): boolean => (choice === 'system' ? system().matches : choice === 'dark');

function paint(): void {
  const dark = isDark();
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  document.body.dataset['jpThemeLight'] = String(!dark);
  document.body.dataset['jpThemeName'] = dark ? 'Allmende Dark' : 'Allmende Light';
  for (const listener of listeners) listener(dark);
}

/** Starts with the account's choice, else with what this browser kept, and follows the system from then on. */
export function startTheme(ofAccount?: string | null): void {
  const stored = localStorage.getItem(kept);
  choice = isChoice(ofAccount) ? ofAccount : isChoice(stored) ? stored : 'system';
  system().addEventListener('change', paint);
  paint();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  localStorage.setItem(kept, next);
  paint();
}

export function onTheme(listener: (dark: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
