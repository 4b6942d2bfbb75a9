// Changes that the server has not said it stored, kept in this browser: in IndexedDB while the server cannot take them, in the tab's own storage
// across a reload.
import { fromBase64, toBase64 } from 'lib0/buffer';
import type { NotebookContent } from '../../../core/notebook-content';

export interface KeptChanges {
  /** The server's log of the document that they belong to; another one cannot take them. */
  readonly session: string;
  /** As one Yjs update. */
  readonly update: Uint8Array;
  /** The whole notebook with them, for when the log is another. */
  readonly content: NotebookContent;
  /** Epoch milliseconds. */
  readonly at: number;
}

type Stored = Omit<KeptChanges, 'update'> & { readonly update: string };

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

/** What is kept of one account's notebook. A browser without such storage keeps nothing; that is no reason to fail. */
export class ChangesKeeper {
  readonly #key: () => string;

  constructor(account: string, path: () => string) {
    this.#key = () => `${account} ${path()}`;
  }

  async keep(changes: KeptChanges): Promise<boolean> {
    return withStore('readwrite', store => store.put(changes, this.#key())).then(() => true, () => false);
  }

  async find(): Promise<KeptChanges | null> {
    return withStore<KeptChanges | undefined>('readonly', store => store.get(this.#key())).then(found => found ?? null, () => null);
  }

  async drop(): Promise<void> {
    await withStore('readwrite', store => store.delete(this.#key())).catch(() => undefined);
  }

  /** While the page goes away only this storage still works at once. What does not fit is not kept. */
  keepForReload(changes: KeptChanges): void {
    const stored: Stored = { ...changes, update: toBase64(changes.update) };
    const name = `allmende.unsaved ${this.#key()}`;
    try {
      sessionStorage.setItem(name, JSON.stringify(stored));
    } catch {
      sessionStorage.removeItem(name);
    }
  }

  takeFromReload(): KeptChanges | null {
    const name = `allmende.unsaved ${this.#key()}`;
    const text = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    if (text === null) return null;
    const stored = JSON.parse(text) as Stored;
    return { ...stored, update: fromBase64(stored.update) };
  }
}
