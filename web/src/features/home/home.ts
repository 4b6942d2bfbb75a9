// What a person does with files on the home page. Every method ends with the page saying what happened; none throws.
import { drive, editAddress, type FileEntry, notebookAddress, restoreFromTrash } from '../../api/files';
import { emptyTrash, listFolder, listTrash, purge, recentFiles, searchFiles } from '../../api/home';
import type { SharedDocument, Trashed } from '../../api/schema';
import { copyDocument, listShared, takeBack } from '../../api/sharing';
import { ApiError } from '../../api/client';
import { addressOf } from '../../api/config';
import { isWithin, joined, nameOf, parentOf, sorted, type SortKey, sortedBy } from '../../core/listing';
import { type Place, queryOf, sameList } from '../../core/home-place';
import { ranked } from '../../core/search-rank';
import { kept, nothing } from '../../core/selection';
import { t } from '../../ui/i18n';
import { failureWords, isAbort, isSignedOut } from '../failure';
import { dropNotice, type HomeStore, keepSort, type Listing, tell } from './home-store';

const together = 4;
const mostHits = 200;

/** Does the work for each, a few at once; gives what went well and the first failure. */
async function each<T, R>(things: readonly T[], work: (thing: T) => Promise<R>): Promise<{ done: R[]; failure: unknown }> {
  const done: R[] = [];
  const waiting = [...things];
  let failure: unknown = null;
  const go = async () => {
    for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift()) {
      try {
        done.push(await work(thing));
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: together }, go));
  return { done, failure };
}

export class Home {
  readonly store: HomeStore;
  #loading = new AbortController();

  constructor(store: HomeStore) {
    this.store = store;
  }

  /** The folder that new things go into. */
  get folder(): string {
    const { place } = this.store.get();
    return place.kind === 'folder' ? place.path : '';
  }

  // Where one is.

  go(place: Place, how: 'push' | 'replace' = 'push'): void {
    const address = addressOf('') + queryOf(place);
    if (how === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
    this.show(place);
  }

  show(place: Place): void {
    const stays = sameList(place, this.store.get().place) && this.store.get().files.kind !== 'failed';
    const searchGoesOn = place.kind === 'search' && this.store.get().place.kind === 'search';
    this.store.set({ place, renaming: null });
    if (!stays && !searchGoesOn) this.store.set({ files: { kind: 'loading' }, trash: { kind: 'loading' }, shared: { kind: 'loading' }, selection: nothing });
    void this.refresh();
  }

  /** Reads the current list anew; what is shown stays until the answer is there. */
  async refresh(): Promise<void> {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    const { place } = this.store.get();
    if (place.kind === 'account' || place.kind === 'groups') return;
    const field = place.kind === 'trash' || place.kind === 'shared' ? place.kind : 'files';
    try {
      if (place.kind === 'trash') return this.store.set({ trash: { kind: 'ready', rows: await listTrash(signal) } });
      if (place.kind === 'shared') return this.store.set({ shared: { kind: 'ready', rows: await listShared(signal) } });
      const recent = place.kind === 'folder' && place.path === '' ? recentFiles(50, signal) : null;
      recent?.then(found => this.store.set({ recent: found.filter(file => file.type === 'notebook') }), () => this.store.set({ recent: [] }));
      this.#put(await this.#read(place, signal), place);
    } catch (error) {
      if (isAbort(error)) return;
      this.#noticeSignedOut(error);
      const missing = error instanceof ApiError && error.status === 404;
      const failed = { kind: 'failed', message: failureWords(error), missing } as const;
      const shown: Listing<unknown> = this.store.get()[field];
      if (shown.kind === 'ready' && !missing) return tell(this.store, { text: failed.message, tone: 'danger' });
      this.store.set({ [field]: failed });
    }
  }

  async #read(place: Place, signal: AbortSignal): Promise<FileEntry[]> {
    if (place.kind === 'recent') return recentFiles(100, signal);
    if (place.kind === 'search') return ranked(await searchFiles(place.query, mostHits, signal), place.query);
    return sorted(await listFolder(place.kind === 'folder' ? place.path : '', signal), this.store.get().sort);
  }

  #put(rows: readonly FileEntry[], place: Place): void {
    const { files, selection } = this.store.get();
    const before = files.kind === 'ready' ? files.rows.map(row => row.path) : [];
    const said = place.kind === 'search' ? t('search.found', { count: rows.length }) : files.kind === 'ready' ? this.store.get().said : t('files.count', { count: rows.length });
    this.store.set({ files: { kind: 'ready', rows }, selection: kept(rows.map(row => row.path), selection, before), said });
  }

  sortBy(key: SortKey): void {
    const { files, sort: before } = this.store.get();
    const sort = sortedBy(before, key);
    keepSort(sort);
    this.store.set({ sort });
    if (files.kind === 'ready') this.store.set({ files: { kind: 'ready', rows: sorted(files.rows, sort) } });
  }

  open(entry: FileEntry): void {
    if (entry.type === 'directory') this.go({ kind: 'folder', path: entry.path, file: null });
    else if (entry.type === 'notebook') location.assign(notebookAddress(entry.path));
    else this.go({ kind: 'folder', path: parentOf(entry.path), file: entry.path });
  }

  /** The entries that are chosen, in the order shown. */
  chosen(): FileEntry[] {
    const { files, selection } = this.store.get();
    return files.kind === 'ready' ? files.rows.filter(row => selection.chosen.has(row.path)) : [];
  }

  // Making and changing.

  makeNotebook(): Promise<void> {
    return this.#attempt(async () => {
      const made = await drive.makeNotebook(this.folder);
      location.assign(notebookAddress(made.path));
    });
  }

  makeText(): Promise<void> {
    return this.#attempt(async () => {
      const made = await drive.makeText(this.folder);
      location.assign(editAddress(made.path));
    });
  }

  makeFolder(): Promise<void> {
    return this.#attempt(async () => {
      const made = await drive.makeFolder(this.folder);
      if (this.store.get().place.kind !== 'folder') this.go({ kind: 'folder', path: parentOf(made.path), file: null });
      await this.refresh();
      this.store.set({ renaming: made.path, selection: { chosen: new Set([made.path]), active: made.path, anchor: made.path } });
    });
  }

  rename(entry: FileEntry, name: string): Promise<void> {
    this.store.set({ renaming: null });
    if (name === entry.name) return Promise.resolve();
    const next = joined(parentOf(entry.path), name);
    return this.#attempt(async () => {
      await drive.rename(entry.path, next);
      this.#follow(entry.path, next);
      await this.refresh();
      this.#say(t('files.renamed', { name }));
    });
  }

  /** The selection goes along with a renamed entry. */
  #follow(path: string, next: string): void {
    const { selection, files } = this.store.get();
    if (files.kind !== 'ready') return;
    const moved = (each: string | null) => (each === path ? next : each);
    const rows = files.rows.map(row => (row.path === path ? { ...row, path: next, name: nameOf(next) } : row));
    this.store.set({ files: { kind: 'ready', rows }, selection: { chosen: new Set([...selection.chosen].map(each => (each === path ? next : each))), active: moved(selection.active), anchor: moved(selection.anchor) } });
  }

  async duplicate(entries: readonly FileEntry[]): Promise<void> {
    const { done, failure } = await each(entries, entry => drive.copy(entry.path, parentOf(entry.path)));
    await this.refresh();
    if (done.length > 0) this.store.set({ selection: { chosen: new Set(done.map(copy => copy.path)), active: done[0]?.path ?? null, anchor: done[0]?.path ?? null } });
    this.#report(failure, done.length > 0 ? t('files.duplicated', { count: done.length, name: done[0]?.name ?? '' }) : '');
  }

  async move(entries: readonly FileEntry[], folder: string): Promise<void> {
    const going = entries.filter(entry => parentOf(entry.path) !== folder && !isWithin(folder, entry.path));
    const { done, failure } = await each(going, async entry => {
      const to = joined(folder, entry.name);
      await drive.rename(entry.path, to);
      return { from: entry.path, to };
    });
    await this.refresh();
    const back = () => void this.#attempt(async () => {
      await each(done, move => drive.rename(move.to, move.from));
      await this.refresh();
    });
    const where = folder ? nameOf(folder) : t('place.files');
    this.#report(failure, done.length > 0 ? t('files.moved', { count: done.length, name: nameOf(done[0]?.to ?? ''), folder: where }) : '', back);
  }

  async remove(entries: readonly FileEntry[]): Promise<void> {
    const { done, failure } = await each(entries, entry => drive.remove(entry.path));
    await this.refresh();
    const undo = () => void this.#attempt(async () => {
      const restored = await each(done.filter(id => id !== null), restoreFromTrash);
      await this.refresh();
      this.#report(restored.failure, t('trash.restored', { count: restored.done.length, name: restored.done[0]?.name ?? '' }));
    });
    this.#report(failure, done.length > 0 ? t('files.trashed', { count: done.length, name: entries[0]?.name ?? '' }) : '', done.some(id => id !== null) ? undo : undefined);
  }

  // Notebooks of others.

  async copyShared(shared: SharedDocument): Promise<void> {
    await this.#attempt(async () => {
      const copy = await copyDocument(shared.document);
      const show = { label: t('shared.openCopy'), run: () => location.assign(notebookAddress(copy.path)) };
      this.#report(null, t('files.duplicated', { count: 1, name: copy.name }), undefined, show);
    });
  }

  /** It is not in the list any more, and can only be opened when it is shared anew. */
  leaveShared({ document, share, name }: SharedDocument): void {
    if (share === undefined) return;
    const run = () => void this.#attempt(async () => {
      await takeBack(document, share);
      await this.refresh();
      this.#report(null, t('shared.left', { name }));
    });
    this.store.set({ dialog: { kind: 'confirm', title: t('shared.leaveTitle', { name }), text: t('shared.leaveText'), action: t('shared.leave'), run } });
  }

  // The trash.

  async restore(entries: readonly Trashed[]): Promise<void> {
    const { done, failure } = await each(entries, entry => restoreFromTrash(entry.id));
    await this.refresh();
    const first = done[0];
    const show = first ? { label: t('trash.show'), run: () => this.go({ kind: 'folder', path: parentOf(first.path), file: null }) } : undefined;
    this.#report(failure, done.length > 0 ? t('trash.restored', { count: done.length, name: first?.name ?? '' }) : '', undefined, show);
  }

  /** Asks first: nothing brings these back. */
  purge(entries: readonly Trashed[]): void {
    const run = async () => {
      const { done, failure } = await each(entries, entry => purge(entry.id));
      await this.refresh();
      this.#report(failure, done.length > 0 ? t('trash.purged', { count: done.length }) : '');
    };
    const text = t('trash.purgeText', { count: entries.length, name: nameOf(entries[0]?.path ?? '') });
    this.store.set({ dialog: { kind: 'confirm', title: t('trash.purgeTitle'), text, action: t('trash.purge'), run: () => void run() } });
  }

  emptyTrash(): void {
    const run = () => void this.#attempt(async () => {
      await emptyTrash();
      await this.refresh();
      this.#report(null, t('trash.emptied'));
    });
    this.store.set({ dialog: { kind: 'confirm', title: t('trash.emptyTitle'), text: t('trash.emptyText'), action: t('trash.empty'), run } });
  }

  // Saying what happened.

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error, '');
    }
  }

  #say(said: string): void {
    this.store.set({ said });
  }

  #report(failure: unknown, success: string, undo?: () => void, action?: { label: string; run: () => void }): void {
    const offered = undo ? { label: t('undo'), run: undo } : action;
    if (success) tell(this.store, { text: success, ...(offered ? { action: offered } : {}) });
    if (!failure) return;
    this.#noticeSignedOut(failure);
    const text = failure instanceof ApiError && failure.status === 409 ? t('failure.exists') : failureWords(failure);
    tell(this.store, { text, tone: 'danger' });
  }

  #noticeSignedOut(error: unknown): void {
    if (isSignedOut(error)) this.store.set({ signedOut: true });
  }

  /** Ctrl+Z: the newest message that offers to undo. */
  undoLatest(): boolean {
    const latest = [...this.store.get().notices].reverse().find(notice => notice.action?.label === t('undo'));
    if (!latest) return false;
    dropNotice(this.store, latest.id);
    latest.action?.run();
    return true;
  }
}
