// One small store: a value, a way to change it, and news about changes.

export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

export class Store<T extends object> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes these fields and tells everybody, unless nothing changes. */
  readonly set = (change: Partial<T>): void => {
    const next = { ...this.#value, ...change };
    const same = Object.keys(change).every(key => Object.is(Reflect.get(next, key), Reflect.get(this.#value, key)));
    if (same) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener();
  };
}
