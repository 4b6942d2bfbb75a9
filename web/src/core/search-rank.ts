// Orders what a search found: the better the name fits, the higher; among equals the newest first.

interface Hit {
  readonly name: string;
  readonly path: string;
  readonly last_modified: string;
}

const plain = (text: string) => text.normalize('NFC').toLocaleLowerCase();

export const wordsOf = (query: string): string[] => plain(query).split(/\s+/).filter(Boolean);

function rankOf(hit: Hit, words: readonly string[]): number {
  const name = plain(hit.name);
  const whole = words.join(' ');
  if (name === whole || name === `${whole}.ipynb`) return 0;
  if (name.startsWith(whole)) return 1;
  if (words.every(word => new RegExp(`(^|[^\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u').test(name))) return 2;
  if (words.every(word => name.includes(word))) return 3;
  return words.some(word => name.includes(word)) ? 4 : 5;
}

export function ranked<H extends Hit>(hits: readonly H[], query: string): H[] {
  const words = wordsOf(query);
  const ranks = new Map(hits.map(hit => [hit.path, rankOf(hit, words)]));
  return [...hits].sort((a, b) => (ranks.get(a.path) ?? 0) - (ranks.get(b.path) ?? 0) || Date.parse(b.last_modified) - Date.parse(a.last_modified));
}

export interface Piece {
  readonly text: string;
  readonly found: boolean;
}

/** The name cut into pieces, those that fit the query marked. */
export function marked(name: string, query: string): Piece[] {
  const words = wordsOf(query).sort((a, b) => b.length - a.length);
  if (words.length === 0) return [{ text: name, found: false }];
  const pattern = new RegExp(`(${words.map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'giu');
  return name.split(pattern).map((text, index) => ({ text, found: index % 2 === 1 })).filter(piece => piece.text !== '');
}
