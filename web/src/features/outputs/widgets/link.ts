// Joins the models of the page with a frame that shows one of them. The frame has models of its own, with the code of their modules; this
// tells it what becomes of them, and does with ours what it says of them. It knows only the models which the shown one refers to.
import { WidgetModel } from '@jupyter-widgets/base';
import { most, type FromFrame, type ToFrame, type WidgetState, type WidgetStates } from '../../../../frame/protocol';
import { referredModels } from '../../../core/outputs-widget-state';
import { t } from '../../../ui/i18n';
import type { FrameContent, Say, SendToFrame, Spoken } from '../frame-host';
import { FramedModel } from './models';
import { Outbox } from './outbox';
import { readUpdate, tell, tellChange, tellMessage } from './told';

type Fields = Record<string, unknown>;
type Spoke = Extract<FromFrame, { t: 'comm_msg' }>;

const mostModels = 1000;
/** Milliseconds between two tellings: the frame answers each, and more often nobody sees. */
const pace = 1000 / most.newsPerSecond;

export class WidgetLink implements FrameContent {
  readonly #root: WidgetModel;
  #session: Session | null = null;

  constructor(root: WidgetModel) {
    this.#root = root;
    if (root instanceof FramedModel) root.begin();
  }

  /** Modules of a kernel's widgets hear what it says from the beginning. */
  get isEager(): boolean {
    return this.#root.comm_live;
  }

  draw(send: SendToFrame, say: Say): void {
    this.onAsleep();
    this.#session = new Session(this.#root, send, say);
    void this.#session.begin();
  }

  onSpoken(message: Spoken): void {
    this.#session?.hear(message);
  }

  onAsleep(): void {
    this.#session?.end();
    this.#session = null;
  }
}

/** As long as one frame lives. */
class Session {
  readonly #root: WidgetModel;
  readonly #send: SendToFrame;
  readonly #say: Say;
  readonly #models = new Map<string, WidgetModel>();
  readonly #outbox = new Outbox();
  readonly #endings: (() => void)[] = [];
  /** What the frame says of models is done in order. */
  #line: Promise<void> = Promise.resolve();
  #inLine = 0;
  /** What is being done to a model because the frame said so: the frame knows it. */
  #doing: { readonly model: WidgetModel; readonly state: Fields } | null = null;
  #begun = false;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = Number.NEGATIVE_INFINITY;

  constructor(root: WidgetModel, send: SendToFrame, say: Say) {
    this.#root = root;
    this.#send = send;
    this.#say = say;
    const onLive = () => this.#begun && send({ t: 'live', live: root.comm_live });
    root.on('comm_live_update', onLive);
    this.#endings.push(() => root.off('comm_live_update', onLive));
  }

  async begin(): Promise<void> {
    const models = await this.#found([this.#root.model_id]);
    if (this.#over) return;
    const states = this.#take(models);
    this.#post({ t: 'widget', model_id: this.#root.model_id, states, live: this.#root.comm_live, place: 'page' }, states);
    this.#begun = true;
    this.#flush();
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    for (const end of this.#endings.splice(0)) end();
  }

  hear(message: Spoken): void {
    switch (message.t) {
      case 'heard':
        this.#outbox.heard();
        return this.#flush();
      case 'states':
        return void this.#answer(message.request, message.model_ids);
      case 'comm_msg':
        return this.#enqueue(message);
    }
  }

  // To the frame.

  /** The models with these ids and those they refer to, as far as they are here. */
  async #found(ids: readonly string[]): Promise<WidgetModel[]> {
    const found = new Map<string, WidgetModel>();
    const rest = [...ids];
    for (let id = rest.pop(); id !== undefined && found.size < mostModels; id = rest.pop()) {
      if (found.has(id)) continue;
      const model = await this.#find(id);
      if (!model) continue;
      found.set(id, model);
      rest.push(...referredModels(tell(model).state));
    }
    return [...found.values()];
  }

  async #find(id: string): Promise<WidgetModel | null> {
    const known = id === this.#root.model_id ? this.#root : this.#models.get(id);
    if (known) return known;
    const manager = this.#root.widget_manager;
    if (!manager.has_model(id)) return null;
    const model = await manager.get_model(id).catch(() => null);
    return model instanceof WidgetModel && model.model_id === id ? model : null;
  }

  /** Their states at this moment; what becomes of them from now on will be told. */
  #take(models: readonly WidgetModel[]): WidgetStates {
    for (const model of models) if (!this.#models.has(model.model_id)) this.#watch(model);
    return Object.fromEntries(models.map(model => [model.model_id, this.#fromBeginning(model)]));
  }

  #fromBeginning(model: WidgetModel): WidgetState {
    const beginning = model instanceof FramedModel ? model.takeBeginning() : null;
    for (const each of beginning?.news ?? []) this.#outbox.put(each);
    return beginning?.told ?? tell(model);
  }

  #watch(model: WidgetModel): void {
    const { model_id } = model;
    this.#models.set(model_id, model);
    const onChange = () => this.#onChange(model);
    const onCustom = (content: unknown, buffers?: readonly (DataView | ArrayBuffer)[]) => {
      if (!this.#outbox.put(tellMessage(model, content, buffers))) this.#say(t('widget.much'));
      this.#flush();
    };
    const onDestroy = () => {
      this.#outbox.put({ kind: 'closed', model_id });
      this.#models.delete(model_id);
      this.#flush();
    };
    model.on('change', onChange);
    model.on('msg:custom', onCustom);
    model.on('destroy', onDestroy);
    this.#endings.push(() => {
      model.off('change', onChange);
      model.off('msg:custom', onCustom);
      model.off('destroy', onDestroy);
    });
  }

  #onChange(model: WidgetModel): void {
    const doing = this.#doing?.model === model ? this.#doing.state : {};
    const changed = Object.keys(model.changedAttributes() || {}).filter(field => !(Object.hasOwn(doing, field) && doing[field] === model.get(field)));
    const news = tellChange(model, changed);
    if (!news) return;
    this.#outbox.put(news);
    this.#flush();
  }

  #flush(): void {
    if (!this.#begun || this.#over || !this.#outbox.hasNews) return;
    const wait = this.#told + pace - performance.now();
    clearTimeout(this.#timer);
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#flush(), wait);
      return;
    }
    const news = this.#outbox.take();
    if (news.length === 0) return;
    this.#told = performance.now();
    this.#send({ t: 'news', news }, news.flatMap(each => (each.kind === 'closed' ? [] : [...each.buffers])));
  }

  #post(message: ToFrame, states: WidgetStates): void {
    this.#send(message, Object.values(states).flatMap(({ buffers }) => [...buffers]));
  }

  async #answer(request: number, ids: readonly string[]): Promise<void> {
    const known = new Set([...this.#models.values()].flatMap(model => [model.model_id, ...referredModels(tell(model).state)]));
    const models = await this.#found(ids.filter(id => known.has(id)));
    if (this.#over) return;
    const states = this.#take(models);
    this.#post({ t: 'states', request, states }, states);
  }

  // From the frame.

  #enqueue(message: Spoke): void {
    if (this.#inLine >= 2 * most.underWay) return this.#say(t('widget.much')); // ours sends no more than half of that before we answer
    this.#inLine += 1;
    this.#line = this.#line.then(() => this.#do(message)).catch((error: unknown) => console.error(error)).finally(() => {
      this.#inLine -= 1;
      if (!this.#over) this.#send({ t: 'comm_idle', message: message.message });
    });
  }

  async #do({ comm_id, data, buffers }: Spoke): Promise<void> {
    const model = this.#models.get(comm_id);
    if (!model) return;
    if (data['method'] === 'update') return this.#change(model, readUpdate(data, buffers));
    if (data['method'] === 'custom' && model.comm_live) model.send(data['content'] as Parameters<WidgetModel['send']>[0], model.callbacks(), [...buffers]);
  }

  async #change(model: WidgetModel, told: Fields | null): Promise<void> {
    if (!told) return;
    const { _deserialize_state } = model.constructor as typeof WidgetModel;
    const state = (await _deserialize_state.call(model.constructor, told as Parameters<typeof _deserialize_state>[0], model.widget_manager)) as Fields;
    this.#doing = { model, state };
    try {
      model.set(state);
    } finally {
      this.#doing = null;
    }
    model.save_changes(model.callbacks());
  }
}
