// JupyterLab's idea of an application shell, kept small: one notebook in the middle. All around it is the page's.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { type FocusTracker, PanelLayout, Widget } from '@lumino/widgets';

export class Shell extends Widget implements JupyterFrontEnd.IShell {
  readonly currentChanged = new Signal<this, FocusTracker.IChangedArgs<Widget>>(this);
  readonly #main = new PanelLayout();

  constructor() {
    super();
    this.id = 'nb-shell';
    this.layout = this.#main;
    // The page decides our size: Lumino's widgets are told whenever it changes.
    new ResizeObserver(() => MessageLoop.postMessage(this, Widget.ResizeMessage.UnknownSize)).observe(this.node);
  }

  get currentWidget(): Widget | null {
    return this.#main.widgets[0] ?? null;
  }

  /** Widgets for other places have none here; they stay out of sight until such a place exists. */
  add(widget: Widget, area = 'main'): void {
    if (area !== 'main' || this.currentWidget) return;
    this.#main.addWidget(widget);
    this.currentChanged.emit({ oldValue: null, newValue: widget });
  }

  activateById(id: string): void {
    for (const widget of this.widgets()) if (widget.id === id) widget.activate();
  }

  *widgets(area = 'main'): IterableIterator<Widget> {
    if (area === 'main') yield* this.#main.widgets;
  }
}
