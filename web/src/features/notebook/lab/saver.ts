// Keeps the server's copy of the notebook true: saves soon after each change, tries again when that fails, and never writes over somebody else's work.
import type { YNotebook } from '@jupyter/ydoc';
import type { INotebookModel } from '@jupyterlab/notebook';
import { ApiError, api } from '../../../api/client';
import { addressOf, escapedPath } from '../../../api/config';
import { drive, type FileEntry, notebookAddress } from '../../../api/files';
import { countChanged, canonicalText, markOf, type NotebookContent, sourcesText } from '../../../core/notebook-compare';
import { failureOfStatus, helpsToWait, pauseAfter, saveAt } from '../../../core/saving';
import { t, time } from '../../../ui/i18n';
import { failureWords } from '../../failure';
import { watchSigningOut } from '../../signed-out';
import type { ConflictChoice, Page } from '../store';
import type { Away } from './away';
import type { LocalCopies, LocalCopy } from './local-copy';

const calm = 1200;
const latest = 6000;

/** The file as the server last had it, as far as we know. */
interface Base {
  /** As our model writes it; opening an older notebook may add ids to its cells. */
  readonly text: string;
  /** As the server gives it. */
  readonly remote: string;
  readonly sources: string;
  readonly lastModified: string;
}

interface Stored extends FileEntry {
  readonly content: NotebookContent;
}

const baseOf = (content: NotebookContent, lastModified: string, remote = content): Base => ({ text: canonicalText(content), remote: canonicalText(remote), sources: sourcesText(content), lastModified });

const contentOf = (model: INotebookModel): NotebookContent => model.toJSON() as unknown as NotebookContent;

export class Saver {
  readonly #page: Page;
  readonly #model: INotebookModel;
  readonly #copies: LocalCopies;
  readonly #away: Away;
  #base: Base;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firstChange: number | null = null;
  #tries = 0;
  #keptAt: number | null = null;
  #changesWhileSaving = false;
  #fromReload: LocalCopy | null = null;
  /** The mark of what is on its way to the server, or was as the page before this one went. */
  #sending: string | null = null;
  #closed = false;
  /** Saves and renames one after the other. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(page: Page, model: INotebookModel, { copies, away, opened }: { copies: LocalCopies; away: Away; opened: { content: NotebookContent; lastModified: string } }) {
    this.#page = page;
    this.#model = model;
    this.#copies = copies;
    this.#away = away;
    this.#base = baseOf(contentOf(model), opened.lastModified, opened.content);
    // The document itself is heard: of text that a running cell adds to its output, contentChanged says nothing.
    (model.sharedModel as YNotebook).ydoc.on('update', () => this.#onChange());
    watchSigningOut(() => this.#tellSignedOut());
    addEventListener('pagehide', () => this.#keepForReload());
    addEventListener('online', () => this.#page.state.saving.kind === 'failed' && void this.save());
    document.addEventListener('visibilitychange', () => {
      const { saving } = this.#page.state;
      if (document.visibilityState === 'hidden' && saving.kind === 'changed') void this.save();
      if (document.visibilityState === 'visible' && saving.kind === 'failed') void this.save(); // signed in again in another tab, perhaps
    });
  }

  get #path(): string {
    return this.#page.state.path;
  }

  /** Whether leaving now would lose something somebody wrote. */
  mayLose(): boolean {
    const { saving } = this.#page.state;
    if (saving.kind === 'saved') return false;
    return saving.kind !== 'changed' || sourcesText(contentOf(this.#model)) !== this.#base.sources;
  }

  #onChange(): void {
    const { saving } = this.#page.state;
    if (saving.kind === 'conflict' || this.#closed) return;
    if (saving.kind === 'saving') {
      this.#changesWhileSaving = true;
      return;
    }
    if (saving.kind === 'failed') {
      this.#keepSoon();
      return; // its next try takes this change along
    }
    const now = Date.now();
    this.#firstChange ??= now;
    if (saving.kind !== 'changed') this.#page.store.set({ saving: { kind: 'changed' } });
    this.#at(saveAt({ firstChange: this.#firstChange, lastChange: now, calm, latest }));
  }

  #at(moment: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), Math.max(0, moment - Date.now()));
  }

  /** Stops saving for good: the file went to the trash. */
  close(): void {
    clearTimeout(this.#timer);
    this.#page.store.set({ saving: { kind: 'saved' } });
    this.#closed = true;
  }

  /** Does this when no save is on its way, and lets none begin meanwhile. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#line.then(work, work);
    this.#line = mine.catch(() => undefined);
    return mine;
  }

  /** Saves what there is to save. Resolves when it is done or has failed; the page's state says which. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    return this.alone(() => this.#save(false));
  }

  async #save(overwrite: boolean): Promise<void> {
    const content = contentOf(this.#model);
    const text = canonicalText(content);
    if (text === this.#base.text && !overwrite) return this.#saved(this.#base);
    this.#changesWhileSaving = false;
    this.#page.store.set({ saving: { kind: 'saving' } });
    try {
      if (!overwrite && (await this.#changedElsewhere())) return;
      this.#sending = markOf(text);
      const stored = await drive.putNotebook(this.#path, content);
      this.#saved(baseOf(content, stored.last_modified));
    } catch (error) {
      await this.#failed(error);
    }
  }

  #saved(base: Base): void {
    this.#base = base;
    this.#sending = null;
    this.#tries = 0;
    this.#firstChange = null;
    this.#model.dirty = false;
    if (this.#keptAt !== null) void this.#copies.drop();
    this.#keptAt = null;
    this.#away.saver(null);
    for (const id of ['save', 'signed-out'] as const) this.#page.lower(id);
    this.#page.store.set({ saving: { kind: 'saved' }, savedAt: Date.now() });
    if (this.#changesWhileSaving) {
      this.#changesWhileSaving = false;
      this.#onChange();
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#tries += 1;
    const why = error instanceof ApiError ? failureOfStatus(error.status, error.reason) : 'server';
    await this.#keep();
    const nextTry = helpsToWait(why) ? Date.now() + pauseAfter(this.#tries) : null;
    const message = failureWords(error);
    this.#page.store.set({ saving: { kind: 'failed', why, message, tries: this.#tries, nextTry, keptAt: this.#keptAt } });
    if (nextTry !== null) this.#at(nextTry);
    if (why === 'away' && nextTry !== null) return this.#away.saver({ nextTry, keptAt: this.#keptAt });
    this.#away.saver(null);
    const again = { label: t('tryAgain'), run: () => void this.save() };
    const asCopy = { label: t('save.asNew'), run: () => void this.alone(() => this.#save(true)) };
    if (why === 'signed-out') this.#tellSignedOut();
    else if (why === 'gone') this.#page.raise({ id: 'save', tone: 'danger', text: t('save.gone'), actions: [asCopy], canClose: false });
    else this.#page.raise({ id: 'save', tone: 'danger', text: t('save.problem', { message }), actions: [again, { label: t('command.download'), run: () => this.#page.run('download') }], canClose: true });
  }

  #tellSignedOut(): void {
    const signIn = { label: t('signIn.newTab'), run: () => void open(addressOf('login'), '_blank', 'noopener') };
    const again = { label: t('tryAgain'), run: () => void this.save() };
    this.#page.raise({ id: 'signed-out', tone: 'warn', text: t('save.signedOut'), actions: [signIn, again], canClose: false });
  }

  // Copies in this browser.

  #copy(): LocalCopy {
    return { content: contentOf(this.#model), at: Date.now(), base: this.#base.lastModified, sending: this.#sending };
  }

  async #keep(): Promise<void> {
    const copy = this.#copy();
    if (await this.#copies.keep(copy)) this.#keptAt = copy.at;
  }

  #keeping: ReturnType<typeof setTimeout> | undefined;

  #keepSoon(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.#keep(), calm);
  }

  #keepForReload(): void {
    if (this.#page.state.saving.kind !== 'saved') this.#copies.keepForReload(this.#copy());
  }

  /** Puts back at once what was not saved yet as the page was loaded anew. Before the cells are drawn: it replaces them all. */
  bringBackFromReload(): void {
    const copy = this.#copies.takeFromReload();
    if (!copy) return;
    const isNewer = copy.base === this.#base.lastModified || copy.sending === markOf(this.#base.remote);
    if (!isNewer) {
      this.#fromReload = copy;
      return;
    }
    this.#sending = copy.sending;
    this.#model.fromJSON(copy.content as never);
  }

  /** Offers what an unreachable server, or one whose file has changed since, kept from being saved. */
  async bringBack(): Promise<void> {
    const copy = this.#fromReload ?? (await this.#copies.find());
    if (!copy) return;
    if (canonicalText(copy.content) === this.#base.text) return this.#copies.drop();
    const done = (work: () => void) => () => {
      this.#page.lower('kept');
      work();
      void this.#copies.drop();
    };
    this.#page.raise({ id: 'kept', tone: 'plain', text: t('kept.text', { time: time(new Date(copy.at)) }), canClose: false, actions: [
      { label: t('kept.restore'), run: done(() => this.#model.fromJSON(copy.content as never)) },
      { label: t('kept.discard'), run: done(() => undefined) },
    ] });
  }

  // Somebody else changed the file.

  async #changedElsewhere(): Promise<boolean> {
    const now = await api.get<FileEntry>(`api/contents/${escapedPath(this.#path)}?content=0`);
    if (now.last_modified === this.#base.lastModified) return false;
    const theirs = await api.get<Stored>(`api/contents/${escapedPath(this.#path)}?type=notebook&content=1`);
    const remote = canonicalText(theirs.content);
    if (remote === this.#base.remote || markOf(remote) === this.#sending) {
      this.#base = { ...this.#base, remote, lastModified: theirs.last_modified };
      return false;
    }
    await this.#keep();
    this.#page.store.set({ saving: { kind: 'conflict', keptAt: this.#keptAt } });
    const decide = () => this.#ask(theirs);
    this.#page.raise({ id: 'save', tone: 'danger', text: t('conflict.banner'), actions: [{ label: t('conflict.decide'), run: decide }], canClose: false });
    return true;
  }

  /** Opens the question again; for Ctrl+S while it is undecided. */
  async askAgain(): Promise<void> {
    const theirs = await api.get<Stored>(`api/contents/${escapedPath(this.#path)}?type=notebook&content=1`).catch(() => null);
    if (theirs) this.#ask(theirs);
  }

  #ask(theirs: Stored): void {
    const mine = contentOf(this.#model);
    const other = { at: new Date(theirs.last_modified), cells: theirs.content.cells.length, changedCells: countChanged(mine, theirs.content) };
    this.#page.show({ kind: 'conflict', theirs: other, answer: choice => void this.alone(() => this.#decide(choice, theirs)) });
  }

  async #decide(choice: ConflictChoice, theirs: Stored): Promise<void> {
    if (choice === 'later') return;
    if (choice === 'mine') return this.#save(true);
    try {
      if (choice === 'both') {
        const copy = await this.#putBeside(contentOf(this.#model));
        this.#page.tell({ text: t('conflict.keptAs', { name: copy.name }), action: { label: t('conflict.open'), run: () => void open(notebookAddress(copy.path), '_blank', 'noopener') } });
      }
      this.#model.fromJSON(theirs.content as never);
      this.#saved(baseOf(contentOf(this.#model), theirs.last_modified, theirs.content));
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #putBeside(content: NotebookContent): Promise<FileEntry> {
    const copy = await drive.copy(this.#path, this.#path.split('/').slice(0, -1).join('/'));
    return { ...copy, ...(await drive.putNotebook(copy.path, content)) };
  }
}
