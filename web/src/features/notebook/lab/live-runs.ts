// Runs cells in the server, and follows what runs there, whoever asked: queued, running, asking for input, ended. What cells print comes with the
// document.
import { CodeCell, type ICodeCellModel } from '@jupyterlab/cells';
import { KernelError, type NotebookPanel } from '@jupyterlab/notebook';
import { type Kernel, KernelMessage } from '@jupyterlab/services';
import { KernelShellFutureHandler } from '@jupyterlab/services/lib/kernel/future';
import { ApiError } from '../../../api/client';
import { answerInput, cancelRuns, type LastRun, runCells } from '../../../api/documents';
import type { Notice, RoomLink } from '../../../core/room-link';
import { sourceHash } from '../../../core/source-hash';
import { t } from '../../../ui/i18n';
import { failureWords } from '../../failure';
import type { Page } from '../store';
import { askInput } from './ask-input';
import type { Runs } from './runs';

interface ListedRun {
  readonly id: string;
  readonly cell: string;
  readonly state: 'queued' | 'running';
  readonly since: string;
  /** The name and the account of who runs it; not told to who has no account. */
  readonly by?: string;
  readonly account?: string;
  /** The account in whose runtime it runs. */
  readonly runtime_of?: string;
}

interface EndedRun extends LastRun {
  readonly run: string;
  readonly next_input?: { readonly text: string; readonly replace: boolean };
}

interface Question {
  readonly run: string;
  readonly cell: string;
  readonly account: string;
  readonly prompt: string;
  readonly password: boolean;
}

/** How the run of a cell that was asked for here came out. */
export type Outcome = { readonly kind: 'ok' } | { readonly kind: 'error' } | { readonly kind: 'cancelled' } | { readonly kind: 'refused'; readonly message: string };

interface Asked {
  readonly cell: CodeCell;
  readonly done: (outcome: Outcome) => void;
}

/** Of runs that ended, as many are remembered: a fast one ends before the answer to its request has come. */
const remembered = 256;

export class LiveRuns {
  readonly #page: Page;
  readonly #link: RoomLink;
  readonly #panel: NotebookPanel;
  readonly #runs: Runs;
  /** Asked for here, by run. */
  readonly #asked = new Map<string, Asked>();
  /** Of those, what the server has been heard to list. */
  readonly #seen = new Set<string>();
  readonly #ended = new Map<string, EndedRun>();
  #batch: Asked[] = [];
  /** One request after the other, so that cells are queued in the order of the keys. */
  #line: Promise<void> = Promise.resolve();
  #listed: readonly ListedRun[] = [];
  #question: { readonly asked: Question; readonly close: () => void } | null = null;
  readonly #futures = new Map<string, { dispose(): void }>();
  #kernel: Kernel.IKernelConnection | null = null;
  /** Called when something runs: there is a kernel then, which this page may not know. */
  onRunning: () => void = () => undefined;

  constructor(page: Page, panel: NotebookPanel, { link, runs }: { link: RoomLink; runs: Runs }) {
    this.#page = page;
    this.#panel = panel;
    this.#link = link;
    this.#runs = runs;
  }

  get isBusy(): boolean {
    return this.#listed.length > 0;
  }

  // Asking.

  /** Cells of one moment go in one request, in their order. */
  run(cell: CodeCell): Promise<Outcome> {
    return new Promise(done => {
      this.#batch.push({ cell, done });
      if (this.#batch.length > 1) return;
      setTimeout(() => {
        const batch = this.#batch.splice(0);
        this.#line = this.#line.then(() => this.#send(batch));
      });
    });
  }

  async #send(all: readonly Asked[]): Promise<void> {
    const batch = all.filter(({ cell }) => !cell.isDisposed);
    for (const gone of all) if (!batch.includes(gone)) gone.done({ kind: 'cancelled' });
    const isStored = await this.#link.settled(); // the server runs what it has
    const document = this.#link.joined?.document;
    const refuse = (message: string) => batch.forEach(({ done }) => done({ kind: 'refused', message }));
    if (!isStored || document === undefined) return refuse(t('run.away'));
    try {
      const wished = batch.map(({ cell: { model } }) => ({ id: model.id, source_hash: sourceHash(model.sharedModel.getSource()) }));
      const queued = await runCells(document, wished, { kernelName: this.#panel.sessionContext.kernelPreference.name, runtime: this.#page.state.runsIn });
      for (const each of batch) {
        const run = queued.find(({ cell }) => cell === each.cell.model.id);
        if (!run) each.done({ kind: 'ok' }); // nothing to run in it
        else if (this.#ended.has(run.id)) this.#finish(each, this.#ended.get(run.id) as EndedRun);
        else this.#asked.set(run.id, each);
      }
      for (const { id } of this.#listed) if (this.#asked.has(id)) this.#seen.add(id);
    } catch (error) {
      const decision = error instanceof ApiError ? error.decision : null;
      if (decision === null) return refuse(failureWords(error));
      if (await this.#askBefore(decision)) return this.#send(batch);
      batch.forEach(({ done }) => done({ kind: 'cancelled' }));
    }
  }

  /** The question of a rule, before cells run. Whether they are to run. */
  #askBefore(decision: string): Promise<boolean> {
    return new Promise(answered => {
      this.#page.show({ kind: 'policy', decision, onAnswer: runs => {
        this.#page.show(null);
        answered(runs);
      } });
    });
  }

  async stop(): Promise<void> {
    const document = this.#link.joined?.document;
    if (document !== undefined) await cancelRuns(document);
  }

  // Hearing.

  /** The connection to the room begins anew, if it was there before: what is not listed next has ended meanwhile. */
  #rejoined(): void {
    for (const id of this.#asked.keys()) this.#seen.add(id);
  }

  hear(notice: Notice): void {
    if (notice.type === 'role') this.#rejoined();
    else if (notice.type === 'runs') this.#hearList(notice['runs'] as readonly ListedRun[]);
    else if (notice.type === 'last-runs') this.#hearLast(notice['runs'] as readonly LastRun[]);
    else if (notice.type === 'run-ended') this.#hearEnd(notice as unknown as EndedRun);
    else if (notice.type === 'input') void this.#ask(notice as unknown as Question);
    else if (notice.type === 'input-done') this.#unask();
  }

  /** How the cells ran that are there already. */
  #hearLast(last: readonly LastRun[]): void {
    for (const run of last) {
      const model = this.#modelOf(run.cell);
      if (model) this.#runs.ran(model, run);
    }
  }

  #hearList(listed: readonly ListedRun[]): void {
    const before = this.#listed;
    this.#listed = listed;
    for (const { cell } of before) {
      const model = this.#modelOf(cell);
      if (model && !listed.some(each => each.cell === cell)) this.#runs.finished(model);
    }
    for (const run of listed) {
      if (this.#asked.has(run.id)) this.#seen.add(run.id);
      this.#show(run);
    }
    for (const [id, asked] of [...this.#asked]) {
      if (!this.#seen.has(id) || listed.some(each => each.id === id)) continue;
      this.#forget(id);
      asked.done({ kind: 'cancelled' });
    }
    if (this.#question && !listed.some(({ id }) => id === this.#question?.asked.run)) this.#unask();
    if (listed.some(run => run.state === 'running' && this.#isInOwn(run))) this.onRunning();
  }

  /** In the runtime of who is here. */
  #isInOwn({ runtime_of }: { readonly runtime_of?: string }): boolean {
    return runtime_of !== undefined && runtime_of === this.#page.state.account?.id;
  }

  /** Asked for by who is here. */
  #isOwn({ account }: { readonly account?: string }): boolean {
    return account !== undefined && account === this.#page.state.account?.id;
  }

  #show(run: ListedRun): void {
    const model = this.#modelOf(run.cell);
    const isOwn = this.#isOwn(run);
    if (run.state === 'running' && this.#isInOwn(run)) this.#attach(run.id);
    if (!model) return;
    this.#runs.isOf(model, isOwn ? null : (run.by ?? null));
    if (run.state === 'running') this.#runs.takenUp(model, Math.min(Date.parse(run.since), Date.now()));
    else if (this.#runs.runOf(model).kind !== 'queued') this.#runs.waits(model);
  }

  #hearEnd(end: EndedRun): void {
    this.#ended.set(end.run, end);
    const model = this.#modelOf(end.cell);
    if (model && end.by !== undefined) this.#runs.ran(model, end);
    if (this.#ended.size > remembered) this.#ended.delete(this.#ended.keys().next().value as string);
    const asked = this.#asked.get(end.run);
    if (!asked) return;
    this.#forget(end.run);
    this.#finish(asked, end);
  }

  #forget(run: string): void {
    this.#asked.delete(run);
    this.#seen.delete(run);
  }

  #finish({ cell, done }: Asked, { status, next_input }: EndedRun): void {
    if (next_input && !cell.isDisposed) this.#write(cell, next_input);
    done({ kind: status });
  }

  /** What IPython wants to be written into a cell, as `%load` does. */
  #write(cell: CodeCell, { text, replace }: { text: string; replace: boolean }): void {
    if (replace) return cell.model.sharedModel.setSource(text);
    const at = this.#panel.content.widgets.indexOf(cell);
    this.#panel.content.model?.sharedModel.insertCell(at + 1, { cell_type: 'code', source: text });
  }

  #cellOf(id: string): CodeCell | null {
    const found = this.#panel.content.widgets.find(cell => cell.model.id === id);
    return found instanceof CodeCell ? found : null;
  }

  #modelOf(id: string): ICodeCellModel | null {
    return this.#cellOf(id)?.model ?? null;
  }

  // input()

  async #ask(question: Question): Promise<void> {
    const cell = this.#cellOf(question.cell);
    if (!cell || !this.#isOwn(question) || this.#question?.asked.run === question.run) return;
    this.#unask();
    const answer = (value: string) => {
      const document = this.#link.joined?.document;
      if (document === undefined) return;
      answerInput(document, question.run, value).catch((error: unknown) => this.#page.tell({ text: failureWords(error), tone: 'danger' }));
    };
    this.#question = { asked: question, close: askInput(cell, question, { answer, takesFocus: this.#asked.has(question.run) }) };
  }

  #unask(): void {
    this.#question?.close();
    this.#question = null;
  }

  // What the kernel says of a run reaches this page too, beside the document: widgets that take outputs wait for it.

  joinedKernel(kernel: Kernel.IKernelConnection | null): void {
    for (const future of this.#futures.values()) future.dispose();
    this.#futures.clear();
    this.#kernel = kernel;
    for (const run of this.#listed) if (run.state === 'running' && this.#isInOwn(run)) this.#attach(run.id);
  }

  #attach(run: string): void {
    const kernel = this.#kernel;
    const books: unknown = kernel && Reflect.get(kernel, '_futures');
    if (!kernel || !(books instanceof Map) || this.#futures.has(run)) return;
    const message = KernelMessage.createMessage<KernelMessage.IExecuteRequestMsg>({ msgType: 'execute_request', channel: 'shell', session: kernel.clientId, msgId: run, content: { code: '' } });
    const future = new KernelShellFutureHandler<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>(() => books.delete(run), message, true, false, kernel);
    future.done.catch(() => undefined);
    books.set(run, future);
    this.#futures.set(run, future);
    const oldest = this.#futures.keys().next().value as string;
    if (this.#futures.size <= remembered) return;
    this.#futures.get(oldest)?.dispose();
    this.#futures.delete(oldest);
  }
}

/** As JupyterLab says that a run ended with an error. */
export const runFailed = (cell: CodeCell): KernelError => {
  const [error] = cell.model.outputs.toJSON().filter(output => output.output_type === 'error').slice(-1);
  return new KernelError({ status: 'error', execution_count: cell.model.executionCount ?? 0, ename: String(error?.['ename'] ?? ''), evalue: String(error?.['evalue'] ?? ''), traceback: [], user_expressions: {} } as never);
};
