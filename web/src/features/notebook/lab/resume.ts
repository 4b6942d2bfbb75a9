// What ran when the page was loaded anew goes on where it was: under the same name the server replays what the kernel said meanwhile, and the
// cells that had asked are told. Kept in the tab's own storage from the end of one page to the beginning of the next.
import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage, Session } from '@jupyterlab/services';
import { KernelShellFutureHandler } from '@jupyterlab/services/lib/kernel/future';
import type { Heard } from './heard';
import type { Runs } from './runs';

interface Pending {
  readonly cell: string;
  readonly message: KernelMessage.IExecuteRequestMsg;
  readonly takenUpAt: number | null;
}

interface Kept {
  readonly path: string;
  readonly kernel: string;
  readonly clientId: string;
  readonly heard?: string | undefined;
  readonly pending: readonly Pending[];
}

const key = 'allmende.kernel';

const codeCells = (panel: NotebookPanel): CodeCell[] => panel.content.widgets.filter(cell => cell instanceof CodeCell);

export class Resume {
  readonly #kept: Kept | null;
  readonly #heard: Heard;

  constructor(path: string, heard: Heard) {
    this.#heard = heard;
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key); // a duplicated tab must not go on under this tab's name
    const kept = text === null ? null : (JSON.parse(text) as Kept);
    this.#kept = kept?.path === path ? kept : null;
  }

  /** The name under which a new connection to this kernel has to go on. */
  clientIdOf(kernel: string): string | undefined {
    if (this.#kept?.kernel !== kernel) return undefined;
    if (this.#kept.heard !== undefined) this.#heard.resume(this.#kept.clientId, this.#kept.heard);
    return this.#kept.clientId;
  }

  /** Called with a new connection, before its socket delivers anything: the cells that wait are put in its books. */
  connected(session: Session.ISessionConnection, panel: NotebookPanel, runs: Runs): void {
    const { kernel } = session;
    const kept = this.#kept;
    if (!kernel || !kept || kernel.id !== kept.kernel || kernel.clientId !== kept.clientId) return;
    const books: unknown = Reflect.get(kernel, '_futures');
    if (!(books instanceof Map)) return;
    const waiting = kept.pending.flatMap(pending => {
      const cell = codeCells(panel).find(each => each.model.id === pending.cell);
      return cell ? [resume(cell, pending, { kernel, books, runs })] : [];
    });
    if (waiting.length > 0) void giveUpLater(kernel, waiting);
  }

  /** As the page goes away. */
  keep(path: string, kernel: Kernel.IKernelConnection | null, { panel, runs }: { panel: NotebookPanel; runs: Runs }): void {
    if (!kernel || kernel.status === 'dead') return;
    const pending = codeCells(panel).flatMap((cell): Pending[] => {
      const future = cell.outputArea.future;
      const isOut = future && !future.isDisposed && cell.model.executionState === 'running';
      return isOut ? [{ cell: cell.model.id, message: future.msg as KernelMessage.IExecuteRequestMsg, takenUpAt: runs.takenUpAt(cell.model) }] : [];
    });
    const kept: Kept = { path, kernel: kernel.id, clientId: kernel.clientId, heard: this.#heard.last(kernel), pending };
    sessionStorage.setItem(key, JSON.stringify(kept));
  }
}

interface Books {
  readonly kernel: Kernel.IKernelConnection;
  readonly books: Map<unknown, unknown>;
  readonly runs: Runs;
}

function resume(cell: CodeCell, { message, takenUpAt }: Pending, { kernel, books, runs }: Books): () => void {
  const id = message.header.msg_id;
  const future = new KernelShellFutureHandler<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>(() => books.delete(id), message, true, true, kernel);
  books.set(id, future);
  cell.outputArea.reattachFuture(future);
  cell.model.executionState = 'running';
  if (takenUpAt === null) runs.waits(cell.model);
  else runs.takenUp(cell.model, takenUpAt);
  future.registerMessageHook(said => {
    if (said.header.msg_type === 'execute_input') runs.takenUp(cell.model);
    return true;
  });
  const over = (count: number | null) => {
    if (cell.isDisposed) return;
    cell.model.executionState = 'idle';
    if (count !== null) cell.model.executionCount = count;
    runs.finished(cell.model);
  };
  void future.done.then(reply => over(reply.content.execution_count ?? null), () => over(null));
  return () => future.dispose();
}

/** A kernel answers one request after the other: when an empty one has its answer, whoever still waits waits in vain. */
async function giveUpLater(kernel: Kernel.IKernelConnection, waiting: readonly (() => void)[]): Promise<void> {
  await kernel.info;
  await kernel.requestExecute({ code: '', silent: true, store_history: false }).done.catch(() => undefined);
  for (const giveUp of waiting) giveUp();
}
