// Names of files: what may be one, how it splits, and one that is still free.

export interface SplitName {
  readonly stem: string;
  /** With its dot; empty for none. */
  readonly ending: string;
}

/** "data.tar.gz" → "data" + ".tar.gz"; a leading dot begins no ending. */
export function splitName(name: string): SplitName {
  const found = /^(.+?)((?:\.tar)?\.[A-Za-z0-9]{1,8})$/.exec(name);
  return found ? { stem: found[1] ?? name, ending: found[2] ?? '' } : { stem: name, ending: '' };
}

/** The name itself, or the first of "name (1).txt", "name (2).txt", … that nobody has. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const { stem, ending } = splitName(name);
  for (let number = 1; ; number += 1) {
    const next = `${stem} (${number})${ending}`;
    if (!taken.has(next)) return next;
  }
}

export type NameFault = 'empty' | 'slash' | 'hidden' | 'long' | 'taken' | 'control';

/** Why a name cannot be given, or null. `others` are the names beside it, its own old one left out. */
export function findNameFault(name: string, others: ReadonlySet<string>): NameFault | null {
  if (name.trim() === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (name.startsWith('.')) return 'hidden';
  if ([...name].some(letter => letter < ' ' || letter === '\u007f')) return 'control';
  if (new TextEncoder().encode(name).length > 255) return 'long';
  return others.has(name) ? 'taken' : null;
}

export type FileKind = 'notebook' | 'folder' | 'image' | 'audio' | 'video' | 'text' | 'table' | 'archive' | 'other';

const kinds: readonly (readonly [FileKind, RegExp])[] = [
  ['image', /\.(png|jpe?g|gif|webp|avif|bmp|svg|ico)$/i],
  ['audio', /\.(mp3|ogg|wav|flac|m4a)$/i],
  ['video', /\.(mp4|webm|mov|m4v)$/i],
  ['table', /\.(csv|tsv|parquet|xlsx?)$/i],
  ['archive', /\.(zip|gz|tgz|bz2|xz|7z|tar|whl)$/i],
  ['text', /\.(txt|md|py|json|ya?ml|toml|ini|cfg|log|html?|css|[cm]?[jt]sx?|c|cc|cpp|h|hpp|rs|go|java|r|jl|sh|sql|xml|tex|rst|bib|ipynb)$/i],
];

export function kindOf(entry: { readonly name: string; readonly type: string; readonly mimetype?: string | null }): FileKind {
  if (entry.type === 'directory') return 'folder';
  if (entry.type === 'notebook') return 'notebook';
  const found = kinds.find(([, pattern]) => pattern.test(entry.name))?.[0];
  return found ?? (entry.mimetype?.startsWith('text/') ? 'text' : 'other');
}
