// A folder's entries in the order a person asked for. Folders stand before files whatever the order.

export type SortKey = 'name' | 'modified' | 'size';

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** What sorting needs to know of a file, notebook or folder. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly type: 'directory' | 'file' | 'notebook';
  readonly size: number | null;
  readonly last_modified: string;
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compared(a: Entry, b: Entry, key: SortKey): number {
  if (key === 'modified') return Date.parse(a.last_modified) - Date.parse(b.last_modified);
  if (key === 'size') return (a.size ?? 0) - (b.size ?? 0);
  return 0;
}

export function sorted<E extends Entry>(entries: readonly E[], sort: Sort): E[] {
  const direction = sort.descending ? -1 : 1;
  return [...entries].sort((a, b) => {
    const folders = Number(b.type === 'directory') - Number(a.type === 'directory');
    if (folders !== 0) return folders;
    const wanted = compared(a, b, sort.key) * direction;
    if (wanted !== 0) return wanted;
    return names.compare(a.name, b.name) * (sort.key === 'name' ? direction : 1);
  });
}

/** Pressing a column: the same one turns round; a new one begins with what people look for first (newest, largest, A). */
export function sortedBy(before: Sort, key: SortKey): Sort {
  if (before.key === key) return { key, descending: !before.descending };
  return { key, descending: key !== 'name' };
}

/** The folders above a path, root first, each with its name: "a/b" → ["", "a", "a/b"]. */
export function trail(folder: string): { readonly name: string; readonly path: string }[] {
  const parts = folder.split('/').filter(Boolean);
  return [{ name: '', path: '' }, ...parts.map((name, index) => ({ name, path: parts.slice(0, index + 1).join('/') }))];
}

export const parentOf = (path: string): string => path.split('/').slice(0, -1).join('/');
export const nameOf = (path: string): string => path.split('/').at(-1) ?? path;
export const joined = (folder: string, name: string): string => (folder ? `${folder}/${name}` : name);

/** Whether a path is the folder itself or lies somewhere in it. */
export const isWithin = (path: string, folder: string): boolean => path === folder || folder === '' || path.startsWith(`${folder}/`);
