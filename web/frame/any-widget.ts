// Widgets that bring their code along as text (anywidget's front-end modules): `_esm` is imported, `_css` is put beside it.
import { DOMWidgetModel, DOMWidgetView, type WidgetModel } from '@jupyter-widgets/base';
import { copyOf } from './values';

type Heard = (...values: unknown[]) => void;
type Cleanup = void | (() => unknown);
type Invoke = (name: string, message?: unknown, options?: { buffers?: DataView[]; signal?: AbortSignal }) => Promise<[unknown, DataView[]]>;

interface Given {
  readonly model: ModelForModule;
  readonly experimental: { readonly invoke: Invoke };
}

interface Module {
  initialize?(given: Given): Cleanup | Promise<Cleanup>;
  render?(given: Given & { readonly el: HTMLElement }): Cleanup | Promise<Cleanup>;
}

async function importText(text: string): Promise<Module> {
  const remote = /^https?:\/\//.test(text);
  const address = remote ? text : URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    const found = (await import(/* @vite-ignore */ address)) as { default?: Module | (() => Module | Promise<Module>) } & Module;
    const { default: main } = found;
    if (typeof main === 'function') return await main();
    return main ?? found;
  } finally {
    if (!remote) URL.revokeObjectURL(address);
  }
}

/** What a front-end module sees of a model. Knows what it listens to, so that all of it can end. */
class ModelForModule {
  readonly widget_manager: unknown;
  readonly #model: WidgetModel;
  #listening: { name: string; heard: Heard; called: Heard }[] = [];

  constructor(model: WidgetModel) {
    this.#model = model;
    this.widget_manager = model.widget_manager;
  }

  get(name: string): unknown {
    return this.#model.get(name);
  }

  set(name: string, value: unknown): void {
    this.#model.set(name, value);
  }

  save_changes(): void {
    this.#model.save_changes();
  }

  send(content: unknown, callbacks?: Parameters<WidgetModel['send']>[1], buffers?: Parameters<WidgetModel['send']>[2]): void {
    this.#model.send(content as Parameters<WidgetModel['send']>[0], callbacks, buffers);
  }

  on(name: string, heard: Heard): void {
    const called: Heard = (...values) => heard(...values);
    this.#listening.push({ name, heard, called });
    this.#model.on(name, called);
  }

  off(name?: string | null, heard?: Heard | null): void {
    const ends = this.#listening.filter(each => (!name || each.name === name) && (!heard || each.heard === heard));
    for (const each of ends) this.#model.off(each.name, each.called);
    this.#listening = this.#listening.filter(each => !ends.includes(each));
  }
}

/** Calls a method of the Python side and waits for its answer. */
function invokeOf(model: WidgetModel): Invoke {
  return (name, message, { buffers = [], signal = AbortSignal.timeout(3000) } = {}) => {
    const id = crypto.getRandomValues(new Uint32Array(4)).join('-');
    return new Promise((resolve, reject) => {
      const hear = (answer: { id?: string; kind?: string; response?: unknown }, with_: DataView[]) => {
        if (answer.id !== id || answer.kind !== 'anywidget-command-response') return;
        model.off('msg:custom', hear);
        resolve([answer.response, with_]);
      };
      signal.addEventListener('abort', () => {
        model.off('msg:custom', hear);
        reject(signal.reason);
      });
      model.on('msg:custom', hear);
      model.send({ id, kind: 'anywidget-command', name, msg: message } as Parameters<WidgetModel['send']>[0], undefined, buffers);
    });
  };
}

/** Milliseconds, for what ought to take none. */
const patience = 500;

export class AnyModel extends DOMWidgetModel {
  #loading: Promise<Module> | undefined;
  #open: () => void = () => undefined;
  readonly #ready = new Promise<void>(resolve => {
    this.#open = resolve;
  });

  override defaults() {
    return {
      ...super.defaults(), _model_name: 'AnyModel', _model_module: 'anywidget', _model_module_version: '~0.9', _view_name: 'AnyView',
      _view_module: 'anywidget', _view_module_version: '~0.9', _anywidget_id: '', _esm: '', _css: '',
    };
  }

  override initialize(...given: Parameters<DOMWidgetModel['initialize']>): void {
    super.initialize(...given);
    this.on('change:_esm', () => {
      this.#loading = undefined;
    });
  }

  /** What the kernel says is for the module, too: it is heard when that has had its chance to listen. */
  override async _handle_comm_msg(message: Parameters<DOMWidgetModel['_handle_comm_msg']>[0]): Promise<void> {
    await this.#ready;
    return super._handle_comm_msg(message);
  }

  /** State may hold bytes, which the default would lose. As the default does, it changes what it is given: that is what is sent. */
  override serialize(state: Parameters<DOMWidgetModel['serialize']>[0]): ReturnType<DOMWidgetModel['serialize']> {
    return Object.assign(state, copyOf(state)) as ReturnType<DOMWidgetModel['serialize']>;
  }

  /** The module of this model, initialised once whatever the number of views. */
  loaded(): Promise<Module> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Module> {
    try {
      const module = await importText(String(this.get('_esm') ?? ''));
      setTimeout(this.#open, patience); // nobody may draw it, and to begin may take an answer of the kernel
      await module.initialize?.({ model: new ModelForModule(this), experimental: { invoke: invokeOf(this) } });
      return module;
    } catch (error) {
      this.#open();
      throw error;
    }
  }

  /** A view of it listens. */
  listens(): void {
    this.#open();
  }
}

function wearCss(id: string, css: unknown): void {
  if (typeof css !== 'string' || css === '') return;
  const style = document.getElementById(`css-${id}`) ?? document.head.appendChild(Object.assign(document.createElement('style'), { id: `css-${id}` }));
  style.textContent = /^https?:\/\//.test(css) ? `@import url(${JSON.stringify(css)})` : css;
}

export class AnyView extends DOMWidgetView {
  #end: () => void = () => undefined;
  #removed = false;

  /** Modules measure what they draw in: they begin when it is on the page, or else when whoever made the view has had time to put it there. */
  override render(): void {
    const { model } = this;
    const restyle = () => wearCss(model.model_id, model.get('_css'));
    restyle();
    this.listenTo(model, 'change:_css', restyle);
    this.listenTo(model, 'change:_esm', () => void this.#draw());
    this.once('remove', () => {
      this.#removed = true;
      this.#end();
    });
    const soon = new Promise(resolve => setTimeout(resolve, patience / 5));
    void Promise.race([this.displayed, soon]).then(() => this.#draw());
  }

  /** Draws anew when the module has been changed under the widget. */
  async #draw(): Promise<void> {
    this.#end();
    if (this.#removed) return;
    const model = this.model as unknown as AnyModel;
    const seen = new ModelForModule(model);
    let cleanup: Cleanup;
    let over = false;
    this.#end = () => {
      over = true;
      seen.off();
      void cleanup?.();
    };
    this.el.replaceChildren();
    try {
      const module = await model.loaded();
      if (over) return;
      const drawing = module.render?.({ model: seen, el: this.el as HTMLElement, experimental: { invoke: invokeOf(model) } });
      model.listens();
      const last = await drawing;
      if (over) void last?.();
      else cleanup = last;
    } catch (error) {
      console.error(error);
      const line = document.createElement('pre');
      line.className = 'frame-error';
      line.textContent = String(error);
      this.el.replaceChildren(line);
    }
  }

  /** Messages are the module's; of the base class's own, only what is one of them is looked at. */
  override handle_message(content: unknown): void {
    if (typeof content === 'object' && content !== null) super.handle_message(content);
  }

  override updateTooltip(): void {
    const title: unknown = this.model.get('tooltip');
    if (typeof title === 'string' && title !== '') this.el.setAttribute('title', title);
    else this.el.removeAttribute('title');
  }
}
