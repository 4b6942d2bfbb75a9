// Tells how what is on the page stands with the server, which takes each change as it is made; and keeps in this browser what it has not taken.
import type { INotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';
import { ApiError } from '../../../api/client';
import { addressOf } from '../../../api/config';
import { drive } from '../../../api/files';
import type { NotebookContent } from '../../../core/notebook-content';
import type { LinkState, Notice, RoomLink } from '../../../core/room-link';
import { failureOfStatus, type SaveFailure } from '../../../core/saving';
import { t, time } from '../../../ui/i18n';
import { failureWords } from '../../failure';
import { watchSigningOut } from '../../signed-out';
import type { Page } from '../store';
import type { Away } from './away';
import type { ChangesKeeper, KeptChanges } from './kept-changes';

const calm = 400;
/** A connection that comes back at its first try is nobody's concern. */
const quietTries = 1;

const signedOut = new ApiError(401, 'signed_out', '');

const failureOf = (error: unknown): SaveFailure => (error === null ? 'away' : error instanceof ApiError ? failureOfStatus(error.status, error.reason) : 'server');

export class Saver {
  readonly #page: Page;
  readonly #model: INotebookModel;
  readonly #link: RoomLink;
  readonly #keeper: ChangesKeeper;
  readonly #away: Away;
  #keptAt: number | null = null;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #wasAtRisk = false;
  #closed = false;

  constructor(page: Page, model: INotebookModel, { link, keeper, away }: { link: RoomLink; keeper: ChangesKeeper; away: Away }) {
    this.#page = page;
    this.#model = model;
    this.#link = link;
    this.#keeper = keeper;
    this.#away = away;
    link.onChange = () => this.#draw();
    watchSigningOut(() => link.lose(signedOut));
    addEventListener('pagehide', () => this.#keepForReload());
    addEventListener('online', () => link.check());
    addEventListener('offline', () => link.lose());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && link.check());
  }

  /** The live document's id. */
  get document(): string | null {
    return this.#link.joined?.document ?? null;
  }

  /** Whether leaving now would lose something somebody wrote. */
  mayLose(): boolean {
    return !this.#closed && this.#link.hasUnstored;
  }

  /** Whether the server has all that is on the page, as soon as that is known. */
  async save(): Promise<boolean> {
    this.#link.tryNow();
    return this.#link.settled();
  }

  /** The notebook went to the trash: there is nothing more to save. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#keeping);
    this.#link.close();
    this.#page.store.set({ saving: { kind: 'saved' } });
  }

  // What the page shows.

  #draw(): void {
    if (this.#closed) return;
    const { state, hasUnstored } = this.#link;
    const isBlip = state.kind === 'lost' && state.tries <= quietTries && failureOf(state.error) === 'away';
    if (state.kind === 'live' || state.kind === 'joining' || isBlip) this.#drawUsual(state, hasUnstored);
    else if (state.kind === 'lost') this.#drawLost(state, hasUnstored);
    else void this.#drawEnded(state, hasUnstored);
    if (hasUnstored && state.kind !== 'live') this.#keepSoon();
  }

  #drawUsual(state: LinkState, hasUnstored: boolean): void {
    if (state.kind === 'live') {
      this.#away.saver(null);
      for (const id of ['save', 'signed-out'] as const) this.#page.lower(id);
    }
    if (hasUnstored) this.#page.store.set({ saving: { kind: 'saving' } });
    else this.#page.store.set({ saving: { kind: 'saved' }, ...(this.#wasAtRisk ? { savedAt: Date.now() } : {}) });
    this.#wasAtRisk = hasUnstored;
    if (hasUnstored || state.kind !== 'live' || this.#keptAt === null) return;
    clearTimeout(this.#keeping);
    this.#keptAt = null;
    void this.#keeper.drop();
  }

  #drawLost({ error, tries, nextTry }: Extract<LinkState, { kind: 'lost' }>, hasUnstored: boolean): void {
    const why = failureOf(error);
    const message = error === null ? t('away.text') : failureWords(error);
    this.#page.store.set({ saving: hasUnstored ? { kind: 'failed', why, message, tries, nextTry, keptAt: this.#keptAt } : { kind: 'saved' } });
    this.#away.saver(why === 'away' && nextTry !== null ? { nextTry, keptAt: this.#keptAt } : null);
    if (why === 'away') return;
    if (why === 'signed-out') this.#tellSignedOut();
    else if (why === 'gone') this.#tellGone();
    else this.#tellProblem(message);
  }

  async #drawEnded({ why, message }: Extract<LinkState, { kind: 'ended' }>, hasUnstored: boolean): Promise<void> {
    this.#away.saver(null);
    if (hasUnstored) await this.#keep();
    this.#page.store.set({ saving: { kind: 'failed', why: why === 'gone' ? 'gone' : 'server', message, tries: 0, nextTry: null, keptAt: this.#keptAt } });
    if (why === 'gone') this.#tellGone();
    else if (why === 'forbidden') this.#tellForbidden(message);
    else if (why === 'renewed') this.#page.raise({ id: 'save', tone: 'warn', text: t('save.renewed'), actions: [{ label: t('reload'), run: () => location.reload() }], canClose: false });
    else this.#tellProblem(message);
  }

  #tellSignedOut(): void {
    const signIn = { label: t('signIn.newTab'), run: () => void open(addressOf('login'), '_blank', 'noopener') };
    const again = { label: t('tryAgain'), run: () => this.#link.tryNow() };
    this.#page.raise({ id: 'signed-out', tone: 'warn', text: t('save.signedOut'), actions: [signIn, again], canClose: false });
  }

  #tellGone(): void {
    this.#page.raise({ id: 'save', tone: 'danger', text: t('save.gone'), actions: [{ label: t('save.asNew'), run: () => void this.#saveAsNew() }], canClose: false });
  }

  #tellForbidden(message: string): void {
    const download = { label: t('command.download'), run: () => this.#page.run('download') };
    this.#page.raise({ id: 'save', tone: 'danger', text: t('save.forbidden', { message }), actions: [download], canClose: false });
  }

  #tellProblem(message: string): void {
    const again = { label: t('tryAgain'), run: () => this.#link.tryNow() };
    const download = { label: t('command.download'), run: () => this.#page.run('download') };
    this.#page.raise({ id: 'save', tone: 'danger', text: t('save.problem', { message }), actions: [again, download], canClose: true });
  }

  async #saveAsNew(): Promise<void> {
    try {
      await drive.putNotebook(this.#page.state.path, this.#content());
      this.close();
      location.reload();
    } catch (error) {
      this.#page.tell({ text: failureWords(error), tone: 'danger' });
    }
  }

  // What the server says of the file.

  hear(notice: Notice): void {
    const message = String(notice['message'] ?? '');
    if (notice.type === 'file' && notice['state'] === 'failed') this.#page.raise({ id: 'save', tone: 'danger', text: t('save.fileFailed', { message }), actions: [], canClose: true });
    else if (notice.type === 'file') this.#page.lower('save');
    else if (notice.type === 'refused') this.#page.raise({ id: 'save', tone: 'danger', text: t('save.problem', { message }), actions: [], canClose: true });
    else if (notice.type === 'conflict') {
      const cells = (notice['cells'] as string[] | undefined) ?? [];
      const show = { label: t('conflict.show'), run: () => cells[0] !== undefined && this.#page.deeds?.showCell(cells[0]) };
      this.#page.raise({ id: 'conflict', tone: 'warn', text: t('conflict.merged', { count: cells.length }), actions: [show], canClose: true });
    }
  }

  // Kept in this browser.

  #content(): NotebookContent {
    return this.#model.toJSON() as unknown as NotebookContent;
  }

  #changes(): KeptChanges | null {
    const { joined } = this.#link;
    return joined && { session: joined.session, update: this.#link.unstored(), content: this.#content(), at: Date.now() };
  }

  async #keep(): Promise<void> {
    const changes = this.#changes();
    if (changes && (await this.#keeper.keep(changes))) this.#keptAt = changes.at;
  }

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.#keep().then(() => {
      const { saving } = this.#page.state;
      if (saving.kind === 'failed') this.#page.store.set({ saving: { ...saving, keptAt: this.#keptAt } });
      const { state } = this.#link;
      if (state.kind === 'lost' && state.tries > quietTries && state.nextTry !== null) this.#away.saver({ nextTry: state.nextTry, keptAt: this.#keptAt });
    }), calm);
  }

  #keepForReload(): void {
    const changes = this.mayLose() ? this.#changes() : null;
    if (changes) this.#keeper.keepForReload(changes);
  }

  /** Brings back what an earlier page could not hand over: by itself when the server's document is still the same, else when a person wants it. */
  async bringBack(): Promise<void> {
    const kept = this.#keeper.takeFromReload() ?? (await this.#keeper.find());
    if (!kept) return;
    if (kept.session === this.#link.joined?.session) {
      this.#keptAt = kept.at;
      Y.applyUpdate(this.#link.doc, kept.update, 'kept');
      if (!this.#link.hasUnstored) await this.#keeper.drop();
      return;
    }
    const done = (work: () => void) => () => {
      this.#page.lower('kept');
      work();
      void this.#keeper.drop();
    };
    this.#page.raise({ id: 'kept', tone: 'plain', text: t('kept.text', { time: time(new Date(kept.at)) }), canClose: false, actions: [
      { label: t('kept.restore'), run: done(() => this.#model.fromJSON(kept.content as never)) },
      { label: t('kept.discard'), run: done(() => undefined) },
    ] });
  }
}
