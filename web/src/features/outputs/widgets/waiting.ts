// A widget in a notebook without a kernel: shown as it was when the notebook was saved, else said to be gone.
import { WidgetRenderer } from '@jupyter-widgets/jupyterlab-manager/lib/renderer';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { statesOf } from '../../../core/outputs-widget-state';
import { t } from '../../../ui/i18n';
import { FrameWidget } from '../frame-output';

export class WaitingWidget extends WidgetRenderer {
  readonly #panel: NotebookPanel;

  constructor(options: IRenderMime.IRendererOptions, panel: NotebookPanel) {
    super(options);
    this.#panel = panel;
  }

  override async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const drawing = super.renderModel(model); // goes on once there is a manager
    if (!this.#panel.context.sessionContext.session?.kernel) this.#showStill(model);
    return drawing;
  }

  #showStill(model: IRenderMime.IMimeModel): void {
    const id = String(Reflect.get(Object(model.data[this.mimeType]), 'model_id') ?? '');
    const states = statesOf(this.#panel.content.model?.getMetadata('widgets'), id);
    this.node.textContent = '';
    const note = document.createElement('p');
    note.className = 'al-output-note';
    note.textContent = t(states ? 'widget.still' : 'widget.gone');
    this.node.append(note);
    if (!states) return;
    const still = new FrameWidget();
    this.addWidget(still);
    still.display({ draw: send => send({ t: 'widget', model_id: id, states, live: false }) });
  }
}
