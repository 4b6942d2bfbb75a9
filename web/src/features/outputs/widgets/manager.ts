// Gives the page's notebook its widget manager: made when there is a kernel to speak with, which is later than JupyterLab expects.
import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { KernelMessage } from '@jupyterlab/services';
import { widgetView } from '../../../core/outputs-widget-state';
import { tellErrorsAsText } from './missing-view';
import { PageWidgets } from './page-widgets';
import { WidgetHome, WidgetOutput } from './widget-output';

type Registered = Parameters<IJupyterWidgetRegistry['registerWidget']>[0];

/** The widget that a kernel's message shows. */
function shownIn({ header, content }: KernelMessage.IMessage): string | null {
  if (header.msg_type !== 'display_data' && header.msg_type !== 'execute_result') return null;
  const id: unknown = Reflect.get(Object(Reflect.get(Object(Reflect.get(content, 'data')), widgetView)), 'model_id');
  return typeof id === 'string' ? id : null;
}

/** Outputs drawn before there is a kernel wait; with the first kernel they get the manager. */
function manage(panel: NotebookPanel, home: WidgetHome, modules: readonly Registered[]): void {
  const { context, content } = panel;
  const { sessionContext } = context;
  home.show(panel);
  const onKernel = () => {
    if (!sessionContext.session?.kernel) return;
    sessionContext.kernelChanged.disconnect(onKernel);
    const widgets = new PageWidgets(context, content.rendermime, { saveState: false });
    for (const each of modules) widgets.register(each);
    panel.disposed.connect(() => widgets.dispose());
    home.join(widgets);
    sessionContext.iopubMessage.connect((_, message) => {
      const shown = shownIn(message);
      if (shown !== null) void widgets.beginShown(shown);
    });
  };
  sessionContext.kernelChanged.connect(onKernel);
  onKernel();
}

export const widgetManager: JupyterFrontEndPlugin<IJupyterWidgetRegistry> = {
  id: 'allmende:widget-manager',
  description: 'Joins widgets in outputs with their models in the kernel.',
  autoStart: true,
  requires: [IRenderMimeRegistry, INotebookTracker],
  provides: IJupyterWidgetRegistry,
  activate: (_app: JupyterFrontEnd, rendermime: IRenderMimeRegistry, tracker: INotebookTracker): IJupyterWidgetRegistry => {
    const modules: Registered[] = [];
    const home = new WidgetHome();
    tellErrorsAsText();
    rendermime.addFactory({ safe: true, mimeTypes: [widgetView], createRenderer: () => new WidgetOutput(home) }, -10);
    tracker.widgetAdded.connect((_, panel) => manage(panel, home, modules));
    return { registerWidget: module => void modules.push(module) };
  },
};
