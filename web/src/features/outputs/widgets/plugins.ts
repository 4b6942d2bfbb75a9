// ipywidgets in the page: the manager of the jupyterlab-manager package, with controls whose HTML is sanitised like every other output's.
import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import { JUPYTER_CONTROLS_VERSION } from '@jupyter-widgets/controls/lib/version';
import { baseWidgetsPlugin, outputWidgetPlugin } from '@jupyter-widgets/jupyterlab-manager/lib/plugin';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISanitizer } from '@jupyterlab/apputils';
import { StrictSanitizer } from '../strict-sanitizer';
import { widgetManager } from './manager';

const controls: JupyterFrontEndPlugin<void> = {
  id: 'allmende:widget-controls',
  description: 'The core widgets, loaded with the first of them.',
  autoStart: true,
  requires: [IJupyterWidgetRegistry, ISanitizer],
  activate: (_app, registry: IJupyterWidgetRegistry, sanitizer: ISanitizer) => {
    registry.registerWidget({
      name: '@jupyter-widgets/controls',
      version: JUPYTER_CONTROLS_VERSION,
      exports: async () => (await import('./safe-controls')).safeControls(new StrictSanitizer(sanitizer)),
    });
  },
};

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JupyterLab's own lists are typed
export const widgetPlugins: readonly JupyterFrontEndPlugin<any>[] = [widgetManager, baseWidgetsPlugin, outputWidgetPlugin, controls];
