// Long text is drawn in part: a page that lays out a million lines helps nobody.

export const most = { lines: 2000, characters: 200_000 } as const;

export interface Cut {
  readonly head: string;
  readonly tail: string;
  /** Lines of the whole text. */
  readonly lines: number;
}

/** Where the first `lines` lines end, or the characters they may have. */
function endOfHead(text: string, lines: number, characters: number): number {
  let end = 0;
  for (let line = 0; line < lines && end < characters; line += 1) {
    const next = text.indexOf('\n', end);
    if (next === -1) return Math.min(text.length, characters);
    end = next + 1;
  }
  return Math.min(end, characters);
}

/** Where the last `lines` lines begin, or the characters they may have. */
function beginOfTail(text: string, lines: number, characters: number): number {
  let begin = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let line = 0; line < lines; line += 1) {
    if (begin <= 0) return 0;
    begin = text.lastIndexOf('\n', begin - 1);
    if (begin < text.length - characters) return text.length - characters;
  }
  return begin + 1;
}

function countLines(text: string): number {
  let count = text.endsWith('\n') || text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The beginning and the end of a text that is too long, half of the bounds each; null for one that is drawn whole. */
export function cutText(text: string, bounds: { readonly lines: number; readonly characters: number } = most): Cut | null {
  const [lines, characters] = [Math.ceil(bounds.lines / 2), Math.ceil(bounds.characters / 2)];
  const end = endOfHead(text, lines, characters);
  const begin = Math.max(end, beginOfTail(text, lines, characters));
  if (end >= begin) return null;
  return { head: text.slice(0, end), tail: text.slice(begin), lines: countLines(text) };
}
