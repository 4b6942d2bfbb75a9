// A widget as an output: joined with its model when there is a kernel; until then as it was saved; and words where neither is to be had.
import type { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';
import { statesOf, widgetView } from '../../../core/outputs-widget-state';
import { t } from '../../../ui/i18n';
import { FrameWidget } from '../frame-output';
import { textOf } from '../in-page';
import { note, plainText } from './missing-view';
import { MissingModel } from './models';
import type { PageWidgets } from './page-widgets';

/** The widgets of the page's notebook: there is a manager of them from its first kernel on. Outputs may be there before the notebook is shown. */
export class WidgetHome {
  readonly came = new Signal<this, PageWidgets>(this);
  readonly shown = new Signal<this, NotebookPanel>(this);
  #panel: NotebookPanel | null = null;
  #widgets: PageWidgets | null = null;

  get panel(): NotebookPanel | null {
    return this.#panel;
  }

  show(panel: NotebookPanel): void {
    this.#panel = panel;
    this.shown.emit(panel);
  }

  get widgets(): PageWidgets | null {
    return this.#widgets;
  }

  join(widgets: PageWidgets): void {
    this.#widgets = widgets;
    this.came.emit(widgets);
  }
}

/** The states saved in the notebook an output belongs to. */
const savedIn = (home: WidgetHome, id: string) => statesOf(home.panel?.content.model?.getMetadata('widgets'), id);

export class WidgetOutput extends Panel implements IRenderMime.IRenderer {
  readonly #home: WidgetHome;
  #model: IRenderMime.IMimeModel | null = null;
  #drawing = 0;

  constructor(home: WidgetHome) {
    super();
    this.#home = home;
    home.came.connect(this.#again, this);
    home.shown.connect(this.#again, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#model = model;
    this.#drawing += 1;
    const mine = this.#drawing;
    const isNow = () => mine === this.#drawing && !this.isDisposed;
    const { widgets } = this.#home;
    const id = String(Reflect.get(Object(model.data[widgetView]), 'model_id') ?? '');
    if (!widgets) return this.#showSaved(id);
    this.#say(t('widget.loading'));
    const found = await widgets.get_model(id).catch(() => null);
    if (!isNow()) return;
    if (found) return this.#show(widgets, found as DOMWidgetModel, isNow);
    if (widgets.restoredStatus) return this.#say(t('widget.gone'));
    widgets.restored.connect(this.#again, this); // it may come with those the kernel has
  }

  override dispose(): void {
    if (this.isDisposed) return;
    Signal.clearData(this);
    super.dispose();
  }

  #again(): void {
    this.#home.widgets?.restored.disconnect(this.#again, this);
    if (this.#model) void this.renderModel(this.#model);
  }

  async #show(widgets: PageWidgets, model: DOMWidgetModel, isNow: () => boolean): Promise<void> {
    const view = (await widgets.create_view(model)) as DOMWidgetView;
    if (!isNow()) return void view.remove();
    this.#clear();
    this.addWidget(view.luminoWidget);
    const text = this.#model ? textOf(this.#model, 'text/plain') : '';
    if (model instanceof MissingModel && text !== '') this.node.append(plainText(text));
    model.once('destroy', () => {
      if (isNow()) this.hide(); // closed by the kernel's program
    });
  }

  #showSaved(id: string): void {
    const states = savedIn(this.#home, id);
    this.#say(t(states ? 'widget.still' : 'widget.gone'));
    if (!states) return;
    const still = new FrameWidget();
    this.addWidget(still);
    still.display({ draw: send => send({ t: 'widget', model_id: id, states, live: false, place: 'frame' }) });
  }

  #say(words: string): void {
    this.#clear();
    this.node.append(note(words));
  }

  #clear(): void {
    for (const each of [...this.widgets]) each.dispose();
    this.node.replaceChildren();
  }
}
