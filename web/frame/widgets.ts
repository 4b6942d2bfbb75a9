// Jupyter widgets in the frame: those whose code is not ours. The page tells their state and carries their messages.
import '@jupyter-widgets/base/css/index.css';
import '@jupyter-widgets/controls/css/widgets-base.css';
import { type DOMWidgetModel, put_buffers, type WidgetModel } from '@jupyter-widgets/base';
import { HTMLManager } from '@jupyter-widgets/html-manager/lib/htmlmanager';
import { Comms, type Send } from './comms';
import type { ToFrame, WidgetState, WidgetStates } from './protocol';

type Message = Exclude<ToFrame, { t: 'look' } | { t: 'html' } | { t: 'scripts' }>;
type State = Parameters<typeof put_buffers>[0];

function stateOf({ state, buffer_paths, buffers }: WidgetState): State {
  const whole = state as State;
  put_buffers(whole, buffer_paths.map(path => [...path]), buffers.map(each => new DataView(each)));
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
        await this.#manager.adopt(message.states, message.live);
        return this.#draw(message.model_id);
      case 'states':
        await this.#manager.adopt(message.states, this.#live);
        this.#asked.get(message.request)?.();
        this.#asked.delete(message.request);
        return;
      case 'comm_msg':
        return this.#comms.hear(message.comm_id, message.data, message.buffers, message.parent);
      case 'comm_close':
        return this.#comms.close(message.comm_id);
      case 'comm_idle':
        return this.#comms.idle(message.message);
    }
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
