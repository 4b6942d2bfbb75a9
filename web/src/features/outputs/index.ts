// What outputs and text cells are drawn with, in place of JupyterLab's own: nothing that could act stands in the page.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { bokehExec, BokehLoadOutput, bokehLoad, BokehPlotOutput } from './bokeh-output';
import { HtmlOutput, ScriptOutput } from './frame-output';
import { PageImage, PageMarkdown, PageSvg } from './in-page';
import { JsonOutput } from './json-output';
import { LateOutput } from './late-output';
import { PlotOutput } from './plot-output';
import { RestOutput, restType } from './rest-output';
import { errorType, PageText } from './text-output';
import { widgetPlugins } from './widgets/plugins';

type Make = (options: IRenderMime.IRendererOptions) => IRenderMime.IRenderer;

/** Lower ranks are preferred where an output comes in several types; JupyterLab's own stand between 50 and 120. */
function renderer(id: string, mimeTypes: readonly string[], rank: number, createRenderer: Make): IRenderMime.IExtension {
  return { id: `allmende:${id}`, rank, dataType: 'string', rendererFactory: { safe: true, mimeTypes, defaultRank: rank, createRenderer } };
}

const vegaTypes = ['vegalite.v6', 'vegalite.v5', 'vegalite.v4', 'vegalite.v3', 'vega.v6', 'vega.v5', 'vega.v4'].flatMap(each => [`application/vnd.${each}+json`, `application/vnd.${each}.json`]);

const extensions: readonly IRenderMime.IExtension[] = [
  renderer('html', ['text/html'], 60, options => new HtmlOutput(options)),
  renderer('script', ['text/javascript', 'application/javascript', 'application/x-javascript'], 110, options => new ScriptOutput(options)),
  renderer('markdown', ['text/markdown'], 65, options => new PageMarkdown(options)),
  renderer('image', ['image/bmp', 'image/png', 'image/jpeg', 'image/gif', 'image/webp'], 90, options => new PageImage(options)),
  renderer('svg', ['image/svg+xml'], 80, options => new PageSvg(options)),
  renderer('text', ['text/plain', 'application/vnd.jupyter.stdout', errorType], 120, options => new PageText(options)),
  { ...renderer('json', ['application/json', 'application/geo+json'], 70, options => new JsonOutput(options)), dataType: 'json' },
  { ...renderer('rest', [restType], 20, () => new RestOutput()), dataType: 'json' },
  { ...renderer('web-app', ['application/vnd.allmende.web-app+json'], 20, ({ mimeType }) => new LateOutput(mimeType, async () => (await import('./web-app-output')).drawWebApp)), dataType: 'json' },
  renderer('vega', vegaTypes, 40, ({ mimeType }) => new PlotOutput(mimeType, async () => (await import('./vega-draw')).drawVega(mimeType))),
  renderer('plotly', ['application/vnd.plotly.v1+json'], 40, ({ mimeType }) => new PlotOutput(mimeType, async () => (await import('./plotly-draw')).draw)),
  renderer('bokeh-load', [bokehLoad], 30, () => new BokehLoadOutput()),
  renderer('bokeh', [bokehExec], 30, () => new BokehPlotOutput()),
];

/** With the mark of an ES module, without which JupyterLab takes the module itself for the extension. */
const asModule = { __esModule: true, default: extensions } as const;

export const outputMimeExtensions: IRenderMime.IExtensionModule[] = [asModule];
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JupyterLab's own lists are typed
export const outputPlugins: JupyterFrontEndPlugin<any>[] = [...widgetPlugins];
