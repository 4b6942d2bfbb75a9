// A copy of unsaved work in this browser: in IndexedDB while the server cannot take it, in the tab's own storage across a reload.
import type { NotebookContent } from '../../../core/notebook-compare';

export interface LocalCopy {
  readonly content: NotebookContent;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `last_modified` of the file it began from. */
  readonly base: string;
  /** The mark of what was being saved meanwhile: the file may have become that since. */
  readonly sending: string | null;
}

const storeName = 'copies';

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('the browser’s storage failed'));
  });
}

function database(): Promise<IDBDatabase> {
  const asked = indexedDB.open('allmende', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(storeName);
  return request(asked);
}

async function withStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opened = await database();
  try {
    return await request(work(opened.transaction(storeName, mode).objectStore(storeName)));
  } finally {
    opened.close();
  }
}

/** Copies of one account's notebook. A browser without such storage keeps none; that is no reason to fail. */
export class LocalCopies {
  readonly #key: () => string;

  constructor(account: string, path: () => string) {
    this.#key = () => `${account} ${path()}`;
  }

  async keep(copy: LocalCopy): Promise<boolean> {
    return withStore('readwrite', store => store.put(copy, this.#key())).then(() => true, () => false);
  }

  async find(): Promise<LocalCopy | null> {
    return withStore<LocalCopy | undefined>('readonly', store => store.get(this.#key())).then(found => found ?? null, () => null);
  }

  async drop(): Promise<void> {
    await withStore('readwrite', store => store.delete(this.#key())).catch(() => undefined);
  }

  /** While the page goes away only this storage still works at once. Too large a notebook does not fit; then nothing is kept. */
  keepForReload(copy: LocalCopy): void {
    try {
      sessionStorage.setItem(`allmende.unsaved ${this.#key()}`, JSON.stringify(copy));
    } catch {
      sessionStorage.removeItem(`allmende.unsaved ${this.#key()}`);
    }
  }

  takeFromReload(): LocalCopy | null {
    const key = `allmende.unsaved ${this.#key()}`;
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return text === null ? null : (JSON.parse(text) as LocalCopy);
  }
}
