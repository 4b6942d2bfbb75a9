// Runs one cell: gets a kernel first when there is none, has the server run it, and keeps track of how the run stands.
import { CodeCell } from '@jupyterlab/cells';
import { type INotebookCellExecutor, runCell } from '@jupyterlab/notebook';
import { type LiveRuns, runFailed } from './live-runs';
import type { Runs } from './runs';

export interface KernelProvider {
  /** Null when there is a kernel, else why there is none. Asked by several cells at once it still starts only one. */
  ensure(): Promise<string | null>;
}

interface Parts {
  readonly runs: Runs;
  readonly live: LiveRuns;
  readonly kernels: KernelProvider;
  /** Whether cells run in somebody else's runtime, so that none of one's own is needed. */
  readonly isElsewhere: () => boolean;
}

type Options = Parameters<INotebookCellExecutor['runCell']>[0];

export class Executor implements INotebookCellExecutor {
  readonly #runs: Runs;
  readonly #live: LiveRuns;
  readonly #kernels: KernelProvider;
  readonly #isElsewhere: () => boolean;

  constructor({ runs, live, kernels, isElsewhere }: Parts) {
    this.#runs = runs;
    this.#live = live;
    this.#kernels = kernels;
    this.#isElsewhere = isElsewhere;
  }

  async runCell(options: Options): Promise<boolean> {
    const { cell, sessionContext } = options;
    if (!(cell instanceof CodeCell) || !sessionContext) return runCell(options);
    const { model } = cell;
    if (model.sharedModel.getSource().trim() === '') {
      model.clearExecution();
      return true;
    }
    this.#runs.waits(model);
    const refusal = this.#isElsewhere() ? null : await this.#kernels.ensure();
    if (cell.isDisposed) return false;
    if (refusal !== null) return this.#refuse(cell, refusal);
    options.onCellExecutionScheduled({ cell });
    const outcome = await this.#live.run(cell);
    if (cell.isDisposed) return false;
    if (outcome.kind === 'refused') return this.#refuse(cell, outcome.message);
    this.#runs.finished(model);
    if (outcome.kind === 'error') options.onCellExecuted({ cell, success: false, error: runFailed(cell) });
    else if (outcome.kind === 'ok') options.onCellExecuted({ cell, success: true });
    return outcome.kind === 'ok';
  }

  #refuse(cell: CodeCell, reason: string): false {
    this.#runs.refuse(cell.model, reason);
    return false;
  }
}
