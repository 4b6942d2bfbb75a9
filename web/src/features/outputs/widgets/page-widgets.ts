// The page's widget manager: ipywidgets' own widgets run in the page, those of anywidget in frames, and of all others it is said what they need.
import type { WidgetModel, WidgetView } from '@jupyter-widgets/base';
import { WidgetManager } from '@jupyter-widgets/jupyterlab-manager/lib/manager';
import type { INotebookModel } from '@jupyterlab/notebook';
import { homeOfWidget, referredModels, savedStates } from '../../../core/outputs-widget-state';
import { FrameView } from './frame-view';
import { MissingView } from './missing-view';
import { FramedModel, MissingModel } from './models';
import { tell } from './told';

/** Of widgets within one that is shown. */
const mostShown = 1000;

type Kernels = Parameters<WidgetManager['_handleKernelChanged']>[0];

export class PageWidgets extends WidgetManager {
  override async loadModelClass(name: string, module: string, version: string): Promise<typeof WidgetModel> {
    if (homeOfWidget(module, version) === 'frame') return FramedModel;
    return ((await this.#core(name, module, version)) as typeof WidgetModel | null) ?? MissingModel;
  }

  override async loadViewClass(name: string, module: string, version: string): Promise<typeof WidgetView> {
    if (homeOfWidget(module, version) === 'frame') return FrameView as unknown as typeof WidgetView;
    return ((await this.#core(name, module, version)) as typeof WidgetView | null) ?? (MissingView as unknown as typeof WidgetView);
  }

  /** A class of ipywidgets' own; null when there is none. */
  async #core(name: string, module: string, version: string): Promise<typeof WidgetModel | typeof WidgetView | null> {
    if (homeOfWidget(module, version) !== 'page') return null;
    try {
      return await this.loadClass(name, module, version);
    } catch (error) {
      console.warn(`No widget class ${name} in ${module} ${version}`, error);
      return null;
    }
  }

  /**
   * The kernel has shown a widget. It comes to be seen with the notebook, which is later: what it and those in it hear from now on is kept for their
   * frames.
   */
  async beginShown(id: string): Promise<void> {
    const begun = new Set<string>();
    const rest = [id];
    for (let next = rest.pop(); next !== undefined && begun.size < mostShown; next = rest.pop()) {
      if (begun.has(next) || !this.has_model(next)) continue;
      begun.add(next);
      const model = await this.get_model(next).catch(() => null);
      if (!model) continue;
      if (model instanceof FramedModel) model.begin();
      rest.push(...referredModels(tell(model).state));
    }
  }

  /** Widgets of a kernel that has ended stay as they were, and say so. */
  override _handleKernelChanged(change: Kernels): void {
    super._handleKernelChanged(change);
    if (change.oldValue && change.oldValue.id !== change.newValue?.id) this.disconnect();
  }

  override _handleKernelStatusChange(status: Parameters<WidgetManager['_handleKernelStatusChange']>[0]): void {
    super._handleKernelStatusChange(status);
    if (status === 'autorestarting' || status === 'dead') this.disconnect();
  }

  /** Also as Colab writes them. */
  override async _loadFromNotebook(notebook: INotebookModel): Promise<void> {
    const saved = savedStates(notebook.getMetadata('widgets'));
    if (saved) await this.set_state(this.filterExistingModelState(saved) as Parameters<WidgetManager['set_state']>[0]);
  }
}
