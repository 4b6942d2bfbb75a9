// The headings of a notebook: what the table of contents lists.

export interface Heading {
  readonly level: number;
  readonly text: string;
  /** The cell it stands in. */
  readonly cell: string;
  /** Which heading of its cell it is, from 0. */
  readonly nth: number;
}

/** Marks of Markdown taken off, as far as headings use them. */
export function plainWords(markdown: string): string {
  return markdown
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .replace(/(\*\*|__|\*|~~|`)/g, '')
    .replace(/\\([\\`*_{}[\]()#+.!-])/g, '$1')
    .trim();
}

const fence = /^ {0,3}(`{3,}|~{3,})/;
const atx = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const html = /^ {0,3}<h([1-6])[^>]*>(.*?)<\/h\1>/i;
const underline = /^ {0,3}(=+|-+)[ \t]*$/;

export function headingsOf(markdown: string, cell: string): Heading[] {
  const found: Heading[] = [];
  const put = (level: number, words: string) => found.push({ level, text: plainWords(words), cell, nth: found.length });
  let closing: string | null = null;
  let before = '';
  for (const line of markdown.split('\n')) {
    const mark = fence.exec(line)?.[1];
    if (closing !== null) {
      if (mark?.startsWith(closing)) closing = null;
      continue;
    }
    if (mark) {
      closing = mark;
      before = '';
      continue;
    }
    const heading = atx.exec(line);
    const tagged = html.exec(line);
    const under = underline.exec(line)?.[1];
    if (heading?.[1] && heading[2]) put(heading[1].length, heading[2]);
    else if (tagged?.[1]) put(Number(tagged[1]), tagged[2] ?? '');
    else if (under && before.trim() && !/^ {0,3}([-*+>]|\d+[.)])[ \t]|^ {4}|^\|/.test(before)) put(under.startsWith('=') ? 1 : 2, before);
    before = heading || tagged || under ? '' : line;
  }
  return found.filter(each => each.text !== '');
}

/** Which headings are in sight when the sections of these are folded. */
export function unfolded(headings: readonly Heading[], isFolded: (heading: Heading) => boolean): Heading[] {
  let hiddenBelow = Infinity;
  return headings.filter(heading => {
    if (heading.level > hiddenBelow) return false;
    hiddenBelow = isFolded(heading) ? heading.level : Infinity;
    return true;
  });
}
