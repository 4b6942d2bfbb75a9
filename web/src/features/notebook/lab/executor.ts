// Runs one cell: gets a kernel first when there is none, and keeps track of how the run stands.
import { CodeCell } from '@jupyterlab/cells';
import { type INotebookCellExecutor, runCell } from '@jupyterlab/notebook';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';
import type { Runs } from './runs';

export interface KernelProvider {
  /** Null when there is a kernel, else why there is none. Asked by several cells at once it still starts only one. */
  ensure(): Promise<string | null>;
}

type Options = Parameters<INotebookCellExecutor['runCell']>[0];

export class Executor implements INotebookCellExecutor {
  readonly #page: Page;
  readonly #runs: Runs;
  readonly #kernels: KernelProvider;

  constructor(page: Page, runs: Runs, kernels: KernelProvider) {
    this.#page = page;
    this.#runs = runs;
    this.#kernels = kernels;
  }

  async runCell(options: Options): Promise<boolean> {
    const { cell, sessionContext } = options;
    if (!(cell instanceof CodeCell) || !sessionContext) return runCell(options);
    if (sessionContext.pendingInput) {
      this.#page.tell({ text: t('run.pendingInput'), tone: 'danger' });
      return false;
    }
    if (cell.model.sharedModel.getSource().trim() === '') return runCell(options);
    this.#runs.waits(cell.model);
    const refusal = await this.#kernels.ensure();
    if (cell.isDisposed) return false;
    if (refusal !== null) {
      this.#runs.refuse(cell.model, refusal);
      return false;
    }
    return this.#run(cell, options);
  }

  async #run(cell: CodeCell, options: Options): Promise<boolean> {
    const { model } = cell;
    const running = runCell(options); // asks the kernel before it first waits
    cell.outputArea.future?.registerMessageHook(message => {
      if (message.header.msg_type === 'execute_input') this.#runs.takenUp(model);
      return true;
    });
    try {
      return await running;
    } finally {
      this.#runs.finished(model);
    }
  }
}
