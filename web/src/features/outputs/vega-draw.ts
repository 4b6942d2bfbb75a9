// Draws Vega and Vega-Lite with the interpreter of expressions: no code is made at run time.
import * as vega from 'vega';
import embed, { type EmbedOptions, type VisualizationSpec } from 'vega-embed';
import { expressionInterpreter } from 'vega-interpreter';
import { isOwnPicture, isPlainLink } from '../../core/outputs-html';
import { harmlessUsermeta, keptInPlace, vegaConfig, vegaModeOf } from '../../core/outputs-plot';
import { t } from '../../ui/i18n';
import type { Draw } from './plot-output';

type Loader = ReturnType<typeof vega.loader>;

/** Data comes with the plot; pictures, too; links open beside the page. */
function ownLoader(): Loader {
  const loader = vega.loader({ target: '_blank', rel: 'noopener noreferrer' } as Parameters<typeof vega.loader>[0]);
  const { load, sanitize } = loader;
  const outside = (uri: string) => new Error(t('plot.outside', { host: URL.canParse(uri, location.href) ? new URL(uri, location.href).host : uri.slice(0, 60) }));
  loader.load = async (uri, options) => {
    if (!/^data:/i.test(uri)) throw outside(uri);
    return load.call(loader, uri, options);
  };
  loader.sanitize = async (uri, options) => {
    const isLink = (options as { context?: string } | undefined)?.context === 'href';
    if (isLink ? !isPlainLink(uri) : !(isOwnPicture(uri) && /^\s*data:/i.test(uri))) throw outside(uri);
    return sanitize.call(loader, uri, options);
  };
  return loader;
}

/** Whether the plot takes its width from the page: then it follows it. */
const isWide = (spec: Record<string, unknown>) => spec['width'] === 'container';

export const drawVega = (mime: string): Draw => async (place, data, look) => {
  if (typeof data !== 'object' || data === null) throw new Error('no specification');
  const spec: Record<string, unknown> = { ...structuredClone(data), usermeta: harmlessUsermeta(Reflect.get(data, 'usermeta')) };
  delete spec['$schema']; // the MIME type says what it is; another version of the same language draws, too
  const options: EmbedOptions = {
    mode: vegaModeOf(mime) ?? 'vega-lite',
    ast: true,
    expr: expressionInterpreter as NonNullable<EmbedOptions['expr']>,
    renderer: 'svg',
    loader: ownLoader(),
    patch: keptInPlace, // of what Vega-Lite has become, too
    config: look.dark ? vegaConfig(look.dark) : {},
    actions: { export: true, source: false, compiled: false, editor: false },
  };
  const { view, finalize } = await embed(place, spec as unknown as VisualizationSpec, options);
  place.querySelector('summary')?.setAttribute('aria-label', t('plot.menu'));
  return {
    resize: () => {
      const width = place.clientWidth;
      if (isWide(spec) && width > 0) void view.signal('width', width - 8).runAsync().catch(() => undefined); // a plot without such a signal keeps its width
    },
    dispose: finalize,
  };
};
