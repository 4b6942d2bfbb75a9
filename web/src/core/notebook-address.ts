// Which notebook an address of the page names.
import type { Place } from './json-place';

/** "/lab/notebooks/a%20b/c.ipynb" below "/lab/" is "a b/c.ipynb"; null when the address names no notebook. */
export function notebookPathOf(pathname: string, baseUrl: string): string | null {
  const prefix = `${baseUrl}notebooks/`;
  if (!pathname.startsWith(prefix)) return null;
  try {
    const path = pathname.slice(prefix.length).split('/').filter(Boolean).map(decodeURIComponent).join('/');
    return path || null;
  } catch {
    return null; // a stray % is nobody's file
  }
}

/** "/lab/d/doc_…" below "/lab/" is that document; null when the address names none. */
export function documentIdOf(pathname: string, baseUrl: string): string | null {
  const found = pathname.startsWith(baseUrl) ? /^d\/(doc_[0-9a-f]{20})\/?$/.exec(pathname.slice(baseUrl.length)) : null;
  return found?.[1] ?? null;
}

/** The document of somebody else whose kernel session has this path; null for a file of one's own. */
export function documentOfSession(path: string): string | null {
  return /^\.shared\/(doc_[0-9a-f]{20})\.ipynb$/.exec(path)?.[1] ?? null;
}

/** "#cell=3f2a" names the cell to begin with. */
export function cellOf(hash: string): string | null {
  const found = /^#cell=(.+)$/.exec(hash);
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

/** Why a notebook cannot be shown. */
export type OpenFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'forbidden'; readonly message: string }
  /** Somebody else's, and not shared with who asks. */
  | { readonly kind: 'not-shared'; readonly document: string }
  | { readonly kind: 'too-large'; readonly bytes: number | null }
  | { readonly kind: 'json'; readonly place: Place }
  | { readonly kind: 'empty' }
  | { readonly kind: 'newer'; readonly nbformat: number }
  | { readonly kind: 'older'; readonly nbformat: number }
  | { readonly kind: 'shape' }
  | { readonly kind: 'no-notebook' }
  | { readonly kind: 'away' }
  | { readonly kind: 'page'; readonly message: string }
  | { readonly kind: 'server'; readonly message: string };

/** What a person can do about it. */
export type Remedy = 'try-again' | 'ask-access' | 'sign-in' | 'download' | 'open-as-text' | 'start-fresh' | 'files' | 'trash';

export function remediesOf(fault: OpenFault): readonly Remedy[] {
  switch (fault.kind) {
    case 'missing': return ['files', 'trash'];
    case 'signed-out': return ['sign-in'];
    case 'forbidden': return ['files'];
    case 'not-shared': return ['ask-access', 'files'];
    case 'too-large': return ['download', 'files'];
    case 'json': return ['open-as-text', 'download', 'files'];
    case 'empty': return ['start-fresh', 'files'];
    case 'newer': case 'older': case 'shape': return ['open-as-text', 'download', 'files'];
    case 'no-notebook': return ['files'];
    case 'away': case 'page': case 'server': return ['try-again', 'files'];
  }
}
