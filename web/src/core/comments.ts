// Threads of comments, in the order of the cells they are on.
import type { NotebookContent } from './notebook-content';

export interface Comment {
  readonly id: string;
  /** The id of the thread's first comment. */
  readonly thread: string;
  readonly cell: string;
  readonly author: { readonly id: string; readonly name: string; readonly display_name: string };
  readonly text: string;
  readonly made_at: string;
  readonly edited_at?: string;
  readonly resolved_at?: string;
}

export interface Thread {
  readonly first: Comment;
  readonly answers: readonly Comment[];
  /** From 0; null when the cell is gone. */
  readonly place: number | null;
}

/** Those of cells that are gone come last. */
export function threadsOf(comments: readonly Comment[], cells: readonly string[]): readonly Thread[] {
  const threads = comments.filter(({ id, thread }) => id === thread).map(first => {
    const place = cells.indexOf(first.cell);
    return { first, answers: comments.filter(({ id, thread }) => thread === first.id && id !== thread), place: place < 0 ? null : place };
  });
  const rank = ({ place }: Thread) => place ?? Number.MAX_SAFE_INTEGER;
  return threads.sort((a, b) => rank(a) - rank(b) || a.first.made_at.localeCompare(b.first.made_at));
}

/** How many threads are open on each cell. */
export function openThreads(comments: readonly Comment[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { id, thread, cell, resolved_at } of comments) if (id === thread && resolved_at === undefined) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
}

export interface Piece {
  readonly text: string;
  /** It speaks to somebody: "@ada". */
  readonly isMention: boolean;
}

/** Names are as accounts have them; an @ within a word, as in a mail address, is none. */
export function piecesOf(text: string): readonly Piece[] {
  const parts = text.split(/(?<![\w@.-])(@[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)/);
  return parts.map((part, at) => ({ text: part, isMention: at % 2 === 1 })).filter(piece => piece.text !== '');
}

export const mentions = (text: string, name: string): boolean => piecesOf(text).some(piece => piece.isMention && piece.text === `@${name}`);

/** The notebook with what people say of it, which is not part of it otherwise. */
export function withComments(notebook: NotebookContent, comments: readonly Comment[]): NotebookContent {
  const said = comments.map(({ author, ...comment }) => ({ ...comment, author: author.display_name || author.name }));
  return { ...notebook, metadata: { ...notebook.metadata, comments: said } };
}

/** "#comment=cmt_…" names the comment to begin with. */
export function commentOf(hash: string): string | null {
  return /^#comment=(cmt_[0-9a-f]{20})$/.exec(hash)?.[1] ?? null;
}
