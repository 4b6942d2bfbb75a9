// Comments on cells: read when the notebook is opened and when somebody says something, marked at the cells they are on.
import type { NotebookPanel } from '@jupyterlab/notebook';
import { listComments } from '../../../api/comments';
import { commentOf, mentions, openThreads } from '../../../core/comments';
import type { Notice, RoomLink } from '../../../core/room-link';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';

const sign = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M21 15a2 2 0 0 1-2 2H8l-5 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/></svg>';

export class Comments {
  readonly #page: Page;
  readonly #panel: NotebookPanel;
  readonly #link: RoomLink;
  /** What is there as the page comes is news to nobody. */
  #comesFirst = false;
  readonly #marks = new Map<string, HTMLButtonElement>();
  #drawn = '';
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(page: Page, panel: NotebookPanel, link: RoomLink) {
    this.#page = page;
    this.#panel = panel;
    this.#link = link;
    if (page.state.account === null) return;
    page.store.set({ comments: [] }); // the server says when there are some
    page.store.subscribe(() => this.#mark());
    addEventListener('hashchange', () => this.#showWanted());
  }

  hear(notice: Notice): void {
    if (notice.type !== 'comments') return;
    this.#comesFirst = notice['greeting'] === true && this.#page.state.comments?.length === 0;
    void this.read();
  }

  /** One request at a time, however many changes are told meanwhile. */
  read(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const document = this.#link.joined?.document;
      const { account, comments: before } = this.#page.state;
      if (!document || !account) return;
      const comments = await listComments(document).catch(() => null); // they are read again at the next word
      if (comments === null) return;
      this.#page.store.set({ comments });
      const isNew = (id: string) => !this.#comesFirst && !before?.some(each => each.id === id);
      const toMe = comments.find(({ id, author, text }) => isNew(id) && author.id !== account.id && mentions(text, account.name));
      if (this.#comesFirst) this.#showWanted();
      this.#comesFirst = false;
      if (toMe) this.#page.tell({ text: t('comments.toYou', { name: toMe.author.display_name || toMe.author.name }), action: { label: t('share.look'), run: () => this.#show(toMe.id) } });
    }
  }

  #show(id: string): void {
    this.#page.open('comments');
    this.#page.store.set({ shownComment: id });
  }

  #showWanted(): void {
    const wanted = commentOf(location.hash);
    const found = this.#page.state.comments?.find(({ id }) => id === wanted);
    if (!found) return;
    this.#page.deeds?.showCell(found.cell);
    this.#show(found.id);
  }

  #mark(): void {
    const { comments, cells } = this.#page.state;
    const counts = openThreads(comments ?? []);
    const drawn = JSON.stringify([[...counts], cells]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const mark of this.#marks.values()) mark.remove();
    this.#marks.clear();
    for (const cell of this.#panel.content.widgets) {
      const count = counts.get(cell.model.id);
      if (count === undefined) continue;
      const mark = document.createElement('button');
      mark.type = 'button';
      mark.className = 'al-comments';
      mark.innerHTML = sign;
      mark.append(String(count));
      mark.title = t('comments.onCell', { count });
      mark.setAttribute('aria-label', mark.title);
      mark.addEventListener('mousedown', event => event.stopPropagation()); // no drag begins here
      mark.addEventListener('click', () => {
        const first = this.#page.state.comments?.find(each => each.cell === cell.model.id && each.id === each.thread && each.resolved_at === undefined);
        if (first) this.#show(first.id);
      });
      cell.node.append(mark);
      this.#marks.set(cell.model.id, mark);
    }
  }
}
