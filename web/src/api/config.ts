// What the server tells the page at load: it stands in the page as data, never as code.

import type { Account } from './schema';

export type Theme = 'system' | 'light' | 'dark';

export interface PageConfig {
  /** Where the installation begins, with a slash at both ends: `/` or `/lab/`. */
  readonly base_url: string;
  readonly version: string;
  readonly account: Account | null;
  readonly locale: string;
}

function read(): PageConfig {
  const fallback: PageConfig = { base_url: '/', version: '', account: null, locale: 'en' };
  const text = document.getElementById('allmende-config')?.textContent;
  if (!text?.trim().startsWith('{')) return fallback;
  return { ...fallback, ...(JSON.parse(text) as Partial<PageConfig>) };
}

export const config: PageConfig = read();

/** The address of a path of this installation: `addressOf('api/account')`. */
export const addressOf = (path: string): string => config.base_url + path.replace(/^\//, '');

/** A file path as part of an address: each segment escaped, slashes kept. */
export const escapedPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The path of the session of the notebook that the page shows, by which its runtime is known. The notebook page says it. */
export const shownNotebook: { session: () => string } = { session: () => '' };
