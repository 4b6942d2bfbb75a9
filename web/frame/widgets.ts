// Jupyter widgets in the frame: those whose code is not ours. The page tells their state and carries their messages.
import type { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';
import { Comms, type Send } from './comms';
import { FrameManager } from './manager';
import type { ModelNews, ToFrame } from './protocol';

type Message = Exclude<ToFrame, { t: 'look' } | { t: 'html' } | { t: 'scripts' }>;

export class FrameWidgets {
  readonly #root: HTMLElement;
  readonly #send: Send;
  readonly #comms: Comms;
  readonly #manager: FrameManager;
  readonly #asked = new Map<number, () => void>();
  #live = false;
  #requests = 0;
  #missing = false;

  constructor(root: HTMLElement, send: Send) {
    this.#root = root;
    this.#send = send;
    this.#comms = new Comms(send);
    this.#manager = new FrameManager(this.#comms, { ask: id => this.#ask(id), missing: module => this.#lacks(module) });
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
    const view = (await this.#manager.create_view(model as DOMWidgetModel)) as DOMWidgetView;
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

  #lacks(name: string): void {
    this.#missing = true;
    this.#send({ t: 'no_module', name });
  }
}
