// The widget manager of the notebook: made when there is a kernel to speak with, which is later than JupyterLab expects.
import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import { managerPlugin, registerNotebookWidgetManager } from '@jupyter-widgets/jupyterlab-manager/lib/plugin';
import { WidgetRenderer } from '@jupyter-widgets/jupyterlab-manager/lib/renderer';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { CodeCell } from '@jupyterlab/cells';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';
import { widgetView } from '../../../core/outputs-widget-state';
import { WaitingWidget } from './waiting';

function* renderersIn(panel: NotebookPanel): IterableIterator<WidgetRenderer> {
  for (const cell of panel.content.widgets) {
    if (!(cell instanceof CodeCell)) continue;
    for (const output of cell.outputArea.widgets) for (const each of output.children()) if (each instanceof WidgetRenderer) yield each;
  }
}

/** Outputs drawn before there is a kernel wait; with the first kernel they get the manager. */
function manage(panel: NotebookPanel): void {
  const { sessionContext } = panel.context;
  panel.content.rendermime.addFactory({ safe: true, mimeTypes: [widgetView], createRenderer: options => new WaitingWidget(options, panel) }, -10);
  const onKernel = () => {
    if (!sessionContext.session?.kernel) return;
    sessionContext.kernelChanged.disconnect(onKernel);
    void registerNotebookWidgetManager(panel, renderersIn(panel));
  };
  sessionContext.kernelChanged.connect(onKernel);
  onKernel();
}

export const widgetManager: JupyterFrontEndPlugin<IJupyterWidgetRegistry> = {
  id: 'allmende:widget-manager',
  description: 'Joins widgets in outputs with their models in the kernel.',
  autoStart: true,
  requires: [IRenderMimeRegistry, INotebookTracker],
  optional: [ITranslator],
  provides: IJupyterWidgetRegistry,
  activate: async (app: JupyterFrontEnd, rendermime: IRenderMimeRegistry, tracker: INotebookTracker, translator: ITranslator | null) => {
    const registry = await managerPlugin.activate(app, rendermime, null, null, null, null, null, translator);
    tracker.widgetAdded.connect((_, panel) => manage(panel));
    return registry;
  },
};
