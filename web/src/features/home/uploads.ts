// Uploads from the first question to the last byte: two at a time, each can be cancelled or tried again.
import type { FileEntry } from '../../api/files';
import { listFolder, putFolder } from '../../api/home';
import { uploadFile } from '../../api/upload';
import { ApiError } from '../../api/client';
import { type Answer, type Collision, collisionsOf, destinations } from '../../core/collisions';
import { joined, parentOf, trail } from '../../core/listing';
import { findNotebookFault, type NotebookFault } from '../../core/notebook-fault';
import { nextUploads, type Upload, type UploadState, withReading } from '../../core/upload';
import { t } from '../../ui/i18n';
import { failureWords, isAbort } from '../failure';
import { type HomeStore, tell } from './home-store';
import type { Dropped } from './dropped';

const together = 2;
const between = 2000; // ms from one new list to the next
const checkedUpTo = 50 * 1024 * 1024;

function faultWords(fault: NotebookFault): string {
  if (fault.kind === 'json') return t('upload.badJson', { line: fault.line, column: fault.column });
  if (fault.kind === 'newer') return t('upload.newer', { version: fault.nbformat });
  if (fault.kind === 'older') return t('upload.older', { version: fault.nbformat });
  return fault.kind === 'empty' ? t('upload.emptyNotebook') : t('upload.noNotebook', { missing: fault.missing });
}

export class Uploads {
  readonly #store: HomeStore;
  readonly #refresh: () => Promise<void>;
  readonly #files = new Map<number, File>();
  readonly #going = new Map<number, AbortController>();
  #next = 1;
  #shownAt = 0;

  constructor(store: HomeStore, refresh: () => Promise<void>) {
    this.#store = store;
    this.#refresh = refresh;
  }

  /** Asks about names that are taken, then begins. */
  async add(dropped: readonly Dropped[], folder: string): Promise<void> {
    try {
      const wanted = new Map(dropped.map(each => [joined(folder, each.path), each]));
      const paths = [...wanted.keys()];
      const there = await this.#whatIsThere(paths);
      const answers = await this.#ask(collisionsOf(paths, there));
      if (!answers) return;
      const places = destinations(paths, there, answers);
      await this.#makeFolders([...places.values()].filter(path => path !== null), folder);
      const begun = [...wanted].flatMap(([path, { file }]) => {
        const to = places.get(path);
        return to ? [this.#made(to, file)] : [];
      });
      this.#store.set({ uploads: [...this.#store.get().uploads, ...begun] });
      this.#goOn();
    } catch (error) {
      tell(this.#store, { text: failureWords(error), tone: 'danger' });
    }
  }

  #made(path: string, file: File): Upload {
    const id = this.#next++;
    this.#files.set(id, file);
    return { id, path, size: file.size, state: { kind: 'waiting' } };
  }

  async #whatIsThere(paths: readonly string[]): Promise<Map<string, boolean>> {
    const there = new Map<string, boolean>();
    const { signal } = new AbortController();
    for (const folder of new Set(paths.map(parentOf))) {
      const entries = await listFolder(folder, signal).catch((error: unknown): FileEntry[] => {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      });
      for (const entry of entries) there.set(entry.path, entry.type === 'directory');
    }
    return there;
  }

  async #ask(collisions: readonly Collision[]): Promise<Map<string, Answer> | null> {
    const answers = new Map<string, Answer>();
    let forAll: Answer | null = null;
    for (const [index, collision] of collisions.entries()) {
      if (forAll && !(forAll === 'replace' && collision.folder)) {
        answers.set(collision.path, forAll);
        continue;
      }
      const { answer, all } = await new Promise<{ answer: Answer | 'cancel'; all: boolean }>(resolve => {
        this.#store.set({ dialog: { kind: 'collision', collision, more: collisions.length - index - 1, answer: (answer, all) => resolve({ answer, all }) } });
      });
      this.#store.set({ dialog: null });
      if (answer === 'cancel') return null;
      if (all) forAll = answer;
      answers.set(collision.path, answer);
    }
    return answers;
  }

  async #makeFolders(paths: readonly string[], within: string): Promise<void> {
    const folders = new Set(paths.flatMap(path => trail(parentOf(path)).map(each => each.path)).filter(path => path.length > within.length));
    for (const folder of [...folders].sort()) await putFolder(folder);
  }

  #goOn(): void {
    for (const upload of nextUploads(this.#store.get().uploads, together)) void this.#run(upload);
  }

  async #run(upload: Upload): Promise<void> {
    const file = this.#files.get(upload.id);
    if (!file) return;
    const stop = new AbortController();
    this.#going.set(upload.id, stop);
    this.#set(upload.id, { kind: 'sending', sent: 0, readings: [] });
    try {
      await uploadFile(file, { path: upload.path, signal: stop.signal, onSent: sent => this.#sent(upload.id, sent) });
      this.#set(upload.id, { kind: 'done', warning: await this.#warning(upload.path, file) });
      this.#files.delete(upload.id);
      this.#store.set({ said: t('upload.saidDone', { name: file.name }) });
    } catch (error) {
      this.#set(upload.id, isAbort(error) ? { kind: 'cancelled' } : { kind: 'failed', message: error instanceof ApiError ? failureWords(error) : t('upload.unreadable') });
    }
    this.#going.delete(upload.id);
    this.#goOn();
    await this.#showWhatCame();
  }

  /** The list follows at the end, and now and then on the way. */
  async #showWhatCame(): Promise<void> {
    const now = performance.now();
    if (this.#going.size > 0 && now - this.#shownAt < between) return;
    this.#shownAt = now;
    await this.#refresh();
  }

  /** A broken notebook is kept as it is; the person hears what is wrong with it. */
  async #warning(path: string, file: File): Promise<string | null> {
    if (!/\.ipynb$/i.test(path) || file.size > checkedUpTo) return null;
    const fault = findNotebookFault(await file.text());
    return fault ? faultWords(fault) : null;
  }

  #sent(id: number, sent: number): void {
    const state = this.#store.get().uploads.find(each => each.id === id)?.state;
    if (state?.kind === 'sending') this.#set(id, { kind: 'sending', sent, readings: withReading(state.readings, { at: performance.now(), sent }) });
  }

  #set(id: number, state: UploadState): void {
    this.#store.set({ uploads: this.#store.get().uploads.map(each => (each.id === id ? { ...each, state } : each)) });
  }

  cancel(id: number): void {
    const going = this.#going.get(id);
    if (going) going.abort();
    else this.#set(id, { kind: 'cancelled' });
  }

  tryAgain(id: number): void {
    this.#set(id, { kind: 'waiting' });
    this.#goOn();
  }

  clear(): void {
    this.#store.set({ uploads: [] });
    this.#files.clear();
  }
}
