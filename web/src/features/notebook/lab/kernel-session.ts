// The notebook's kernel: had when a cell is run or a person asks, watched while it lives, and explained when it ends.
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, Session } from '@jupyterlab/services';
import { ApiError, api } from '../../../api/client';
import { listRuntimes } from '../../../api/runtimes';
import { connectionOf, isKnownEnd, type KernelFacts } from '../../../core/connection';
import { currentRuntime } from '../../../core/runtime-state';
import { t } from '../../../ui/i18n';
import { failureWords } from '../../failure';
import type { Page } from '../store';
import type { Away } from './away';
import type { Runs } from './runs';

interface KernelModel {
  readonly id: string;
  readonly reason?: string | null;
}

/** What JupyterLab's context does with a session, whoever began it. */
interface Sessions {
  _handleNewSession(session: Session.ISessionConnection): void;
}

const lostWords = 4000;
const retryLost = 5000;

export class KernelSession {
  readonly #page: Page;
  readonly #context: ISessionContext;
  readonly #runs: Runs;
  readonly #away: Away;
  #facts: KernelFacts = { askedAt: null, hasKernel: false, status: 'unknown', socket: 'disconnected', lostAt: null, end: null };
  #starting: Promise<string | null> | null = null;
  #ending = false;
  #restarting = false;
  /** Why the kernel starts anew, as it says itself: a death has a reason, a restart that somebody asked for has none. */
  #restartReason: string | null = null;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  /** Called when a kernel has been joined, started or started anew. */
  onKernel: (kernel: Kernel.IKernelConnection) => void = () => undefined;

  constructor(page: Page, context: ISessionContext, { runs, away }: { runs: Runs; away: Away }) {
    this.#page = page;
    this.#context = context;
    this.#runs = runs;
    this.#away = away;
    quiet(context);
    context.kernelChanged.connect((_, { newValue }) => this.#onKernel(newValue));
    context.statusChanged.connect((_, status) => this.#onStatus(status));
    context.connectionStatusChanged.connect((_, socket) => this.#onSocket(socket));
    context.iopubMessage.connect((_, { header, content }) => {
      if (header.msg_type !== 'status' || Reflect.get(content, 'execution_state') !== 'restarting') return;
      const reason: unknown = Reflect.get(content, 'reason');
      this.#restartReason = typeof reason === 'string' ? reason : null;
    });
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this.#context.session?.kernel ?? null;
  }

  #set(change: Partial<KernelFacts>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#page.store.set({ connection: connectionOf(this.#facts) });
  }

  // Having a kernel.

  /** Null when there is one, else a sentence. */
  ensure(): Promise<string | null> {
    const lives = this.kernel !== null && this.#facts.status !== 'dead' && this.#facts.end === null;
    if (lives && this.#starting === null) return Promise.resolve(null);
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<string | null> {
    this.#set({ askedAt: Date.now(), end: null });
    this.#page.lower('ended');
    this.#page.say(t('say.starting'));
    try {
      await this.#leaveDead();
      const { name } = this.#context.kernelPreference;
      const wish = { path: this.#page.state.path, ...(name ? { name } : {}) };
      if (!(await this.#joinRunning())) {
        const { id } = await this.#startKernel(wish);
        await this.#context.changeKernel({ id });
      }
      await this.kernel?.info;
      this.#set({ askedAt: null, status: this.kernel?.status ?? 'unknown' });
      this.#page.say(t('say.connected'));
      return null;
    } catch (error) {
      const message = failureWords(error);
      this.#set({ askedAt: null, end: { reason: error instanceof ApiError ? error.reason : null, message } });
      this.#page.raise({ id: 'ended', tone: 'danger', text: t('kernel.notStarted', { message }), actions: [{ label: t('tryAgain'), run: () => void this.ensure() }], canClose: true });
      return message;
    }
  }

  /** Whether the notebook has a kernel already, which another page or the server has started; this page is with it then. */
  async #joinRunning(): Promise<boolean> {
    const { sessionManager } = this.#context;
    await sessionManager.refreshRunning();
    const model = [...sessionManager.running()].find(({ path }) => path === this.#page.state.path);
    if (model) (this.#context as unknown as Sessions)._handleNewSession(sessionManager.connectTo({ model })); // as when the page is opened
    return model !== undefined;
  }

  /** Something runs in the notebook's kernel, which somebody else may have started. */
  async join(): Promise<void> {
    if (this.kernel || this.#starting) return;
    this.#starting = this.#joinRunning().then(() => null, failureWords).finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  /** A notebook may ask for a kernel this installation does not have; then the usual one has to do, and that is said. */
  async #startKernel(wish: { path: string; name?: string }): Promise<KernelModel> {
    try {
      return await api.post<KernelModel>('api/kernels', wish);
    } catch (error) {
      const noSuch = error instanceof ApiError && wish.name !== undefined && (error.status === 404 || error.status === 501 || /no such kernel/i.test(error.message));
      if (!noSuch) throw error;
      const model = await api.post<KernelModel>('api/kernels', { path: wish.path });
      this.#page.tell({ text: t('kernel.other', { name: wish.name ?? '' }) });
      return model;
    }
  }

  /** A session whose kernel is gone cannot be given another: it is left. */
  async #leaveDead(): Promise<void> {
    if (!this.#context.session) return;
    this.#ending = true;
    await this.#context.shutdown().catch(() => this.#context.session?.dispose());
    this.#ending = false;
  }

  /** `cancel` ends what the server runs here, which interrupts the kernel as well. */
  async interrupt(cancel: (() => Promise<void>) | null): Promise<void> {
    await this.#attempt(async () => (cancel ? cancel() : this.kernel?.interrupt()));
  }

  async restart(): Promise<boolean> {
    const { kernel } = this;
    if (!kernel || this.#facts.end) return (await this.ensure()) === null;
    return this.#attempt(async () => {
      this.#restarting = true;
      this.#set({ status: 'restarting' });
      await kernel.restart().finally(() => {
        this.#restarting = false;
      });
      await kernel.info;
      this.#runs.kernelGone();
      this.#page.lower('died');
      this.#set({ status: kernel.status });
      this.onKernel(kernel);
      this.#page.say(t('say.restarted'));
    });
  }

  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#set({ status: this.kernel?.status ?? 'unknown' });
      this.#page.tell({ text: error instanceof Error ? error.message : String(error), tone: 'danger' });
      return false;
    }
  }

  // Watching it.

  #onKernel(kernel: Kernel.IKernelConnection | null): void {
    this.#page.store.set({ kernelName: '' });
    this.#set({ hasKernel: kernel !== null, status: kernel?.status ?? 'unknown', socket: kernel?.connectionStatus ?? 'disconnected', lostAt: null });
    if (!kernel) return;
    void kernel.spec.then(spec => this.#page.store.set({ kernelName: spec?.display_name ?? kernel.name }), () => undefined);
    this.onKernel(kernel);
  }

  #onStatus(status: Kernel.Status): void {
    this.#set({ status });
    if (status === 'autorestarting' && !this.#restarting) this.#cameBack();
    if (status === 'dead' && !this.#ending) void this.#ended();
  }

  /** The server started it anew: after it died, or because another page asked for it. */
  #cameBack(): void {
    this.#runs.kernelGone();
    const reason = this.#restartReason;
    const words = reason === null ? t('kernel.restarted') : t('kernel.died', { reason });
    const showCell = () => this.#page.deeds?.showCell(this.#runs.diedIn() ?? '');
    const show = reason === null || this.#runs.diedIn() === null ? [] : [{ label: t('kernel.showCell'), run: showCell }];
    const actions = [...show, { label: t('command.run-before'), run: () => this.#page.run('run-before') }];
    this.#page.raise({ id: 'died', tone: reason === null ? 'plain' : 'danger', text: words, actions, canClose: true });
    this.#page.say(words);
  }

  async #ended(): Promise<void> {
    this.#runs.kernelGone();
    this.#away.socket(false);
    const id = this.kernel?.id ?? '';
    const said = await api.get<KernelModel>(`api/kernels/${encodeURIComponent(id)}`).then(model => model.reason ?? null, (error: unknown) => (error instanceof ApiError && !error.unreachable ? error.message : null));
    const runtime = await listRuntimes(this.#page.state.path).then(currentRuntime, () => null);
    const reason = runtime?.state === 'stopped' || runtime === null ? (runtime?.reason ?? null) : null;
    this.#set({ end: { reason, message: said } });
    const words = isKnownEnd(reason) ? t(`end.${reason}`) : ((reason === null ? null : runtime?.message) ?? said ?? t('end.unknown'));
    this.#page.raise({ id: 'ended', tone: 'danger', text: words, actions: [{ label: t('connect.again'), run: () => void this.ensure() }], canClose: true });
    this.#page.say(words);
  }

  /** The person ended the runtime; the kernel went with it. */
  async leave(): Promise<void> {
    this.#ending = true;
    this.#runs.kernelGone();
    await this.#context.shutdown().catch(() => this.#context.session?.dispose());
    this.#ending = false;
    this.#set({ hasKernel: false, status: 'unknown', end: null, lostAt: null });
    this.#away.socket(false);
  }

  // A lost socket.

  #onSocket(socket: Kernel.ConnectionStatus): void {
    const lost = socket !== 'connected' && this.#facts.socket === 'connected';
    const lostAt = socket === 'connected' ? null : lost ? Date.now() : this.#facts.lostAt;
    this.#set({ socket, lostAt });
    clearTimeout(this.#lostTimer);
    if (socket === 'connected') return this.#away.socket(false);
    if (lostAt !== null) this.#lostTimer = setTimeout(() => void this.#whileLost(), lostWords);
  }

  async #whileLost(): Promise<void> {
    const { kernel } = this;
    if (!kernel || this.#facts.lostAt === null) return;
    const there = await api.get(`api/kernels/${encodeURIComponent(kernel.id)}`).then(() => 'yes' as const, (error: unknown) => (error instanceof ApiError && error.status === 404 ? ('gone' as const) : ('unknown' as const)));
    if (this.#facts.lostAt === null) return;
    if (there === 'gone') {
      this.#set({ status: 'dead' });
      return this.#ended();
    }
    this.#away.socket(there === 'unknown');
    // JupyterLab gives up after some tries; we do not as long as somebody looks.
    if (kernel.connectionStatus === 'disconnected') kernel.reconnect().catch(() => undefined);
    clearTimeout(this.#lostTimer);
    this.#lostTimer = setTimeout(() => void this.#whileLost(), retryLost);
  }

  tryNow(): void {
    if (this.#facts.lostAt !== null) void this.#whileLost();
  }
}

/** The page says itself why a kernel did not start or died: JupyterLab's dialog over it would say it twice. */
function quiet(context: ISessionContext): void {
  Reflect.set(context, '_displayKernelError', async () => undefined);
}
