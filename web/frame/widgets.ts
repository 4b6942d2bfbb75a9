// Jupyter widgets in the frame: those whose code is not ours. The page tells their state and carries their messages.
import '@jupyter-widgets/base/css/index.css';
import '@jupyter-widgets/controls/css/widgets-base.css';
import type { DOMWidgetModel, WidgetModel } from '@jupyter-widgets/base';
import { HTMLManager } from '@jupyter-widgets/html-manager/lib/htmlmanager';
import { Comms, type Send } from './comms';
import type { ModelNews, ToFrame, WidgetState, WidgetStates } from './protocol';
import { placeBytes } from './values';

type Message = Exclude<ToFrame, { t: 'look' } | { t: 'html' } | { t: 'scripts' }>;
type State = NonNullable<Parameters<HTMLManager['new_model']>[1]>;

function stateOf({ state, buffer_paths, buffers }: WidgetState): State {
  const whole = state as State;
  placeBytes(whole, buffer_paths, buffers);
  return whole;
}

class Manager extends HTMLManager {
  readonly #comms: Comms;
  readonly #ask: (id: string) => Promise<void>;

  constructor(comms: Comms, ask: (id: string) => Promise<void>, loader: (name: string) => Promise<unknown>) {
    super({ loader });
    this.#comms = comms;
    this.#ask = ask;
  }

  override async get_model(id: string): Promise<WidgetModel> {
    if (!this.has_model(id)) await this.#ask(id);
    return super.get_model(id);
  }

  async setLive(live: boolean): Promise<void> {
    const models = await Promise.allSettled(Object.values(Reflect.get(this, '_models') as Record<string, Promise<WidgetModel>>));
    for (const each of models) if (each.status === 'fulfilled') each.value.comm_live = live && each.value.comm !== undefined;
  }

  /** Makes the models that are not here yet. Each is known before the first of them looks for another. */
  adopt(states: WidgetStates, live: boolean): Promise<unknown> {
    const fresh = Object.entries(states).filter(([id]) => !this.has_model(id));
    return Promise.allSettled(
      fresh.map(([model_id, told]) => {
        const { model_name, model_module, model_module_version } = told;
        const comm = live ? { comm: this.#comms.join(model_id) } : {};
        return this.new_model({ model_id, model_name, model_module, model_module_version, ...comm }, stateOf(told));
      }),
    );
  }
}

export class FrameWidgets {
  readonly #root: HTMLElement;
  readonly #send: Send;
  readonly #comms: Comms;
  readonly #manager: Manager;
  readonly #asked = new Map<number, () => void>();
  #live = false;
  #requests = 0;
  #missing = false;

  constructor(root: HTMLElement, send: Send) {
    this.#root = root;
    this.#send = send;
    this.#comms = new Comms(send);
    this.#manager = new Manager(this.#comms, id => this.#ask(id), name => this.#load(name));
  }

  async take(message: Message): Promise<void> {
    switch (message.t) {
      case 'widget':
        this.#live = message.live;
        this.#root.classList.toggle('frame-placed', message.place === 'page');
        await this.#manager.adopt(message.states, message.live);
        return this.#draw(message.model_id);
      case 'states':
        await this.#manager.adopt(message.states, this.#live);
        this.#asked.get(message.request)?.();
        this.#asked.delete(message.request);
        return;
      case 'news':
        for (const each of message.news) this.#tell(each);
        return this.#send({ t: 'heard' });
      case 'live':
        this.#live = message.live;
        return this.#manager.setLive(message.live);
      case 'comm_idle':
        return this.#comms.idle(message.message);
    }
  }

  #tell(news: ModelNews): void {
    if (news.kind === 'closed') return this.#comms.close(news.model_id);
    const { model_id, buffers } = news;
    const data = news.kind === 'custom' ? { method: 'custom', content: news.content } : { method: 'update', state: news.state, buffer_paths: news.buffer_paths };
    this.#comms.hear(model_id, data, buffers);
  }

  async #draw(id: string): Promise<void> {
    this.#root.replaceChildren();
    const model = await this.#manager.get_model(id);
    if (this.#missing) return; // the page has been told, and says so
    const view = await this.#manager.create_view(model as DOMWidgetModel);
    await this.#manager.display_view(view, this.#root);
    this.#send({ t: 'drawn' });
  }

  #ask(id: string): Promise<void> {
    this.#requests += 1;
    const request = this.#requests;
    return new Promise(resolve => {
      this.#asked.set(request, resolve);
      this.#send({ t: 'states', request, model_ids: [id] });
    });
  }

  async #load(name: string): Promise<unknown> {
    if (name === 'anywidget') return import('./any-widget');
    this.#missing = true;
    this.#send({ t: 'no_module', name });
    throw new Error(`${name} is not here`);
  }
}
