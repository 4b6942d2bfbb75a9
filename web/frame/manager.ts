// The manager of a frame's widgets: ipywidgets' own, of its versions 8 and 7, and those that bring their code along.
import '@lumino/widgets/style/index.css';
import '@jupyter-widgets/base/css/index.css';
import '@jupyter-widgets/controls/css/widgets-base.css';
import type { DOMWidgetView, IClassicComm, WidgetModel, WidgetView } from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import { WIDGET_MIMETYPE, WidgetRenderer } from '@jupyter-widgets/html-manager/lib/output_renderers';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { Comms } from './comms';
import type { WidgetState, WidgetStates } from './protocol';
import { placeBytes } from './values';

type State = NonNullable<Parameters<ManagerBase['new_model']>[1]>;
type Class = typeof WidgetModel | typeof WidgetView;
type Module = Readonly<Record<string, unknown>>;

const isOld = (version: string) => /^[\^~]?1\./.test(version);

/** The module's code; null when it is nowhere here. The two versions of one module have rules of their own for the same elements: only one is loaded. */
async function moduleOf(name: string, version: string): Promise<Module | null> {
  switch (name) {
    case '@jupyter-widgets/base':
      return isOld(version) ? import('./ipywidgets-7').then(({ base }) => base) : import('@jupyter-widgets/base');
    case '@jupyter-widgets/controls':
      return isOld(version) ? import('./ipywidgets-7').then(({ controls }) => controls) : import('@jupyter-widgets/controls');
    case '@jupyter-widgets/output':
      return import('@jupyter-widgets/html-manager/lib/output');
    case 'anywidget':
      return import('./any-widget');
    default:
      return null;
  }
}

/** Views of ipywidgets 7 have it under an older name. */
const widgetOf = (view: DOMWidgetView): Widget => (view.luminoWidget as Widget | undefined) ?? (Reflect.get(view, 'pWidget') as Widget);

function stateOf({ state, buffer_paths, buffers }: WidgetState): State {
  const whole = state as State;
  placeBytes(whole, buffer_paths, buffers);
  return whole;
}

export class FrameManager extends ManagerBase {
  /** Under the name by which the output widget asks for it. */
  readonly renderMime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  readonly #comms: Comms;
  readonly #ask: (id: string) => Promise<void>;
  readonly #missing: (module: string) => void;
  readonly #views = new Set<DOMWidgetView>();

  /** `ask` brings a model from the page, `missing` is told of modules that are not here. */
  constructor(comms: Comms, { ask, missing }: { ask: (id: string) => Promise<void>; missing: (module: string) => void }) {
    super();
    this.#comms = comms;
    this.#ask = ask;
    this.#missing = missing;
    type Given = ConstructorParameters<typeof WidgetRenderer>;
    this.renderMime.addFactory({ safe: false, mimeTypes: [WIDGET_MIMETYPE], createRenderer: options => new WidgetRenderer(options, this as unknown as Given[1]) }, 0);
    addEventListener('resize', () => {
      for (const view of this.#views) MessageLoop.postMessage(widgetOf(view), Widget.ResizeMessage.UnknownSize);
    });
  }

  override async get_model(id: string): Promise<WidgetModel> {
    if (!this.has_model(id)) await this.#ask(id);
    return super.get_model(id);
  }

  /** Also for modules, which draw other widgets with it. */
  async display_view(view: DOMWidgetView | Promise<DOMWidgetView>, place: HTMLElement): Promise<void> {
    const shown = await view;
    Widget.attach(widgetOf(shown), place);
    this.#views.add(shown);
    shown.once('remove', () => this.#views.delete(shown));
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

  async setLive(live: boolean): Promise<void> {
    const models = await Promise.allSettled(Object.values(Reflect.get(this, '_models') as Record<string, Promise<WidgetModel>>));
    for (const each of models) if (each.status === 'fulfilled') each.value.comm_live = live && each.value.comm !== undefined;
  }

  protected override async loadClass(name: string, module: string, version: string): Promise<Class> {
    const found = await moduleOf(module, version);
    if (!found) this.#missing(module);
    const loaded = found?.[name];
    if (typeof loaded !== 'function') throw new Error(`${name} of ${module} ${version} is not here`);
    return loaded as Class;
  }

  /** Only the kernel opens comms. */
  protected override async _create_comm(): Promise<IClassicComm> {
    throw new Error('A widget cannot open a comm of its own here.');
  }

  protected override async _get_comm_info(): Promise<Record<string, never>> {
    return {};
  }
}
