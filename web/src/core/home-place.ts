// Where in the home page somebody is, as the address says it.

export type Place =
  | { readonly kind: 'folder'; readonly path: string; readonly file: string | null }
  | { readonly kind: 'recent' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'groups' }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'trash' }
  | { readonly kind: 'account' };

export const root: Place = { kind: 'folder', path: '', file: null };

const clean = (path: string) => path.split('/').filter(Boolean).join('/');

/** From `?folder=a/b`, `?file=a/b.csv`, `?view=trash`, `?search=words`; anything else is the top folder. */
export function placeOf(query: string): Place {
  const asked = new URLSearchParams(query);
  const view = asked.get('view');
  if (view === 'recent' || view === 'shared' || view === 'groups' || view === 'trash' || view === 'account') return { kind: view };
  const words = asked.get('search');
  if (words) return { kind: 'search', query: words };
  const file = clean(asked.get('file') ?? '');
  if (file) return { kind: 'folder', path: file.split('/').slice(0, -1).join('/'), file };
  return { kind: 'folder', path: clean(asked.get('folder') ?? ''), file: null };
}

const escaped = (path: string) => path.split('/').map(encodeURIComponent).join('/');

export function queryOf(place: Place): string {
  if (place.kind === 'search') return `?search=${encodeURIComponent(place.query)}`;
  if (place.kind !== 'folder') return `?view=${place.kind}`;
  if (place.file) return `?file=${escaped(place.file)}`;
  return place.path ? `?folder=${escaped(place.path)}` : '';
}

/** Whether both show the same list; an open file does not matter. */
export const sameList = (a: Place, b: Place): boolean => (a.kind === 'folder' && b.kind === 'folder' ? a.path === b.path : queryOf(a) === queryOf(b));
