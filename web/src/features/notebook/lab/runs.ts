// What is known of the runs of each code cell beyond what the notebook stores: waiting, taken up, by which kernel, refused.
import type { ICodeCellModel } from '@jupyterlab/cells';
import { Signal } from '@lumino/signaling';
import type { LastRun } from '../../../api/documents';
import { type CellFacts, type CellRun, cellRunOf } from '../../../core/cell-run';

/** Milliseconds between the news of an end that came by two ways. */
const justNow = 5000;

interface Known {
  waiting: boolean;
  takenUpAt: number | null;
  finishedAt: number | null;
  era: number | null;
  refused: string | null;
  /** Who else runs it just now. */
  by: string | null;
  last: LastRun | null;
}

export class Runs {
  /** The run of this cell stands differently; null means of any. */
  readonly changed = new Signal<this, ICodeCellModel | null>(this);
  readonly #known = new WeakMap<ICodeCellModel, Known>();
  #era = 0;
  /** Counts found in the file are of this kernel only when it was running as the page came. */
  #trustsOlder = false;
  /** The cell of one's own that was taken up last, and the one that failed last. */
  #latest: ICodeCellModel | null = null;
  #failed: { readonly cell: string; readonly at: number } | null = null;
  #goneAt = 0;

  readonly #account: string | null;

  /** `account` is the id of who is here. */
  constructor(account: string | null) {
    this.#account = account;
  }

  /** Somebody else's run left its variables in a runtime of theirs. */
  isOwn(last: LastRun | null): boolean {
    return last === null || last.runtime_of === this.#account;
  }

  #of(model: ICodeCellModel): Known {
    const known = this.#known.get(model) ?? { waiting: false, takenUpAt: null, finishedAt: null, era: null, refused: null, by: null, last: null };
    this.#known.set(model, known);
    return known;
  }

  runOf(model: ICodeCellModel): CellRun {
    return cellRunOf(this.#facts(model));
  }

  #facts(model: ICodeCellModel): CellFacts {
    const known = this.#known.get(model);
    let hasError = false;
    for (let at = 0; at < model.outputs.length; at++) hasError ||= model.outputs.get(at).type === 'error';
    return {
      executing: model.executionState === 'running' || (known?.waiting ?? false),
      takenUpAt: known?.takenUpAt ?? null,
      count: model.executionCount,
      hasError,
      ranInThisKernel: this.isOwn(known?.last ?? null) && (known?.era === this.#era || (this.#trustsOlder && (known?.era ?? null) === null)),
      refused: known?.refused ?? null,
    };
  }

  /** How long the last finished run took, in milliseconds. */
  durationOf(model: ICodeCellModel): number | null {
    const known = this.#known.get(model);
    return known && known.takenUpAt === null && known.finishedAt !== null ? known.finishedAt : null;
  }

  /** The name of somebody else in whose runtime it waits or runs. */
  runnerOf(model: ICodeCellModel): string | null {
    return this.#known.get(model)?.by ?? null;
  }

  lastOf(model: ICodeCellModel): LastRun | null {
    return this.#known.get(model)?.last ?? null;
  }

  isOf(model: ICodeCellModel, by: string | null): void {
    if (this.#of(model).by !== by) this.#change(model, { by });
  }

  ran(model: ICodeCellModel, last: LastRun): void {
    if (last.status === 'error' && this.isOwn(last)) this.#failed = { cell: model.id, at: Date.now() };
    this.#change(model, { last });
  }

  #change(model: ICodeCellModel, change: Partial<Known>): void {
    Object.assign(this.#of(model), change);
    this.changed.emit(model);
  }

  waits(model: ICodeCellModel): void {
    this.#change(model, { waiting: true, takenUpAt: null, finishedAt: null, refused: null });
  }

  takenUp(model: ICodeCellModel, at = Date.now()): void {
    if (this.runnerOf(model) === null) this.#latest = model;
    if (this.#of(model).takenUpAt === null) this.#change(model, { takenUpAt: at, era: this.#era });
  }

  finished(model: ICodeCellModel): void {
    const { takenUpAt } = this.#of(model);
    this.#change(model, { waiting: false, takenUpAt: null, finishedAt: takenUpAt === null ? null : Date.now() - takenUpAt });
  }

  refuse(model: ICodeCellModel, reason: string): void {
    this.#change(model, { waiting: false, takenUpAt: null, refused: reason });
  }

  /** The id of the cell in which the kernel died last: that which failed with it, be the news of that before or after; else the one taken up last. */
  diedIn(): string | null {
    const failed = this.#failed && Math.abs(this.#failed.at - this.#goneAt) < justNow ? this.#failed.cell : null;
    return failed ?? this.#latest?.id ?? null;
  }

  takenUpAt(model: ICodeCellModel): number | null {
    return this.#known.get(model)?.takenUpAt ?? null;
  }

  /** The page joined a kernel that was running already. */
  joined(): void {
    this.#trustsOlder = true;
    this.changed.emit(null);
  }

  /** Variables are gone: every count there is belongs to the past. */
  kernelGone(): void {
    this.#era += 1;
    this.#goneAt = Date.now();
    this.#trustsOlder = false;
    this.changed.emit(null);
  }
}
