// Whether what somebody wrote in a text file is kept: one write at a time, the next one for what was written meanwhile.

export type TextState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly message: string }
  /** Somebody else has changed the file: nothing is written until the person has chosen. */
  | { readonly kind: 'conflict' };

export interface Keeping {
  /** What is written now. */
  text(): string;
  /** Writes it over the file that has this hash, and answers the hash of what is there then. */
  write(text: string, over: string): Promise<string>;
  /** Whether the failure means that the file is another by now. */
  isConflict(error: unknown): boolean;
  words(error: unknown): string;
  changed(state: TextState): void;
}

export class TextSaver {
  #state: TextState = { kind: 'saved' };
  #kept: string;
  #hash: string;
  #writing: Promise<void> | null = null;
  readonly #keeping: Keeping;

  constructor(keeping: Keeping, text: string, hash: string) {
    this.#keeping = keeping;
    this.#kept = text;
    this.#hash = hash;
  }

  get state(): TextState {
    return this.#state;
  }

  /** Whether leaving now would lose something. */
  get mayLose(): boolean {
    return this.#keeping.text() !== this.#kept;
  }

  #turn(state: TextState): void {
    this.#state = state;
    this.#keeping.changed(state);
  }

  /** Something was written, or taken back. */
  edited(): void {
    if (this.#state.kind === 'conflict' || this.#state.kind === 'saving') return;
    this.#turn({ kind: this.mayLose ? 'unsaved' : 'saved' });
  }

  /** Resolves when what was written until now is kept, or could not be. */
  save(): Promise<void> {
    if (this.#state.kind === 'conflict') return Promise.resolve();
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.mayLose) {
      const text = this.#keeping.text();
      this.#turn({ kind: 'saving' });
      try {
        this.#hash = await this.#keeping.write(text, this.#hash);
        this.#kept = text;
      } catch (error) {
        return this.#turn(this.#keeping.isConflict(error) ? { kind: 'conflict' } : { kind: 'failed', message: this.#keeping.words(error) });
      }
    }
    this.#turn({ kind: 'saved' });
  }

  /** The file is known as it is by now: what somebody wrote is to replace it, or it replaces what somebody wrote. */
  settle(there: { readonly text: string; readonly hash: string }, mine: boolean): Promise<void> {
    this.#hash = there.hash;
    this.#kept = there.text;
    this.#turn({ kind: 'unsaved' });
    if (mine) return this.save();
    this.edited();
    return Promise.resolve();
  }
}
