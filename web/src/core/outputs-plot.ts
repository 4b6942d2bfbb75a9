// Plots as data: what they would load from elsewhere, and how they look on a dark page. The maker's own choices always win.

export interface PlotColours {
  readonly text: string;
  readonly muted: string;
  readonly border: string;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export interface Figure {
  readonly data: readonly Fields[];
  readonly layout: Fields;
  readonly frames: readonly Fields[];
  readonly config: Fields;
}

/** A Plotly figure out of an output, with what it lacks filled in; a copy, because Plotly writes into it. */
export function figureOf(output: unknown): Figure | null {
  if (!isFields(output) || !Array.isArray(output['data'])) return null;
  const copy = structuredClone(output);
  const list = (value: unknown) => (Array.isArray(value) ? value.filter(isFields) : []);
  return { data: list(copy['data']), layout: fieldsOf(copy['layout']), frames: list(copy['frames']), config: fieldsOf(copy['config']) };
}

const withShapes = /^(choropleth|scattergeo)$/;
const withTiles = /(map|mapbox)$/;
const tiled = (type: string) => /^(scatter|choropleth|density)/.test(type) && withTiles.test(type);

/** The server a figure cannot do without, when there is one. */
export function hostNeededBy(figure: Figure): string | null {
  const types = figure.data.map(trace => String(trace['type'] ?? ''));
  if (types.some(type => withShapes.test(type))) return 'cdn.plot.ly';
  return types.some(tiled) ? 'basemaps.cartocdn.com' : null;
}

/** The figure without pictures of other servers; charts do not need them. */
export function withoutForeignImages(figure: Figure): Figure {
  const { images } = figure.layout;
  if (!Array.isArray(images)) return figure;
  return { ...figure, layout: { ...figure.layout, images: images.filter(each => /^data:image\//.test(String(fieldsOf(each)['source'] ?? ''))) } };
}

/** Plotly's own light template (or none) gives way to the page's colours; any other template was chosen, and stays. */
export function darkFigure(figure: Figure, { text, muted, border }: PlotColours): Figure {
  const template = fieldsOf(figure.layout['template']);
  const inTemplate = fieldsOf(template['layout']);
  const isDefault = !('layout' in template) || (inTemplate['paper_bgcolor'] === 'white' && inTemplate['plot_bgcolor'] === '#E5ECF6');
  if (!isDefault) return figure;
  const axis = { gridcolor: border, linecolor: border, zerolinecolor: muted, tickcolor: muted };
  const scene = { backgroundcolor: 'rgba(0,0,0,0)', ...axis };
  const on = (name: string, colours: Fields) => ({ ...fieldsOf(inTemplate[name]), ...colours });
  const layout = {
    ...inTemplate,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: on('font', { color: text }),
    xaxis: on('xaxis', axis),
    yaxis: on('yaxis', axis),
    polar: on('polar', { bgcolor: 'rgba(0,0,0,0)', angularaxis: axis, radialaxis: axis }),
    scene: on('scene', { xaxis: scene, yaxis: scene, zaxis: scene }),
  };
  return { ...figure, layout: { ...figure.layout, template: { ...template, layout } } };
}

/** Vega's configuration for a page of these colours. */
export function vegaConfig({ text, muted, border }: PlotColours): Fields {
  return {
    background: 'transparent',
    view: { stroke: border },
    title: { color: text, subtitleColor: muted },
    style: { 'guide-label': { fill: text }, 'guide-title': { fill: text } },
    axis: { domainColor: muted, gridColor: border, tickColor: muted },
    text: { color: text, fill: text },
    rule: { color: text },
  };
}

/** Of what happens in the window, what a drag needs that began on the plot. */
const ofDrags = ['mousemove', 'mouseup', 'pointermove', 'pointerup', 'touchmove', 'touchend'];

/** A Vega specification that stays in its place: it does not hear what is typed, reads and fills no other element, and its controls stand below it. */
export function keptInPlace<Spec extends object>(spec: Spec): Spec {
  const config = fieldsOf(Reflect.get(spec, 'config'));
  const events = { ...fieldsOf(config['events']), bind: 'container', globalCursor: false, selector: false, window: ofDrags };
  return { ...spec, config: { ...config, events } };
}

/** Of what a specification tells the library that draws it, what is only about the plot itself; there are also ways to put it elsewhere on the page. */
export function harmlessUsermeta(usermeta: unknown): Fields {
  const told = fieldsOf(fieldsOf(usermeta)['embedOptions']);
  const kept = Object.entries({ theme: 'string', downloadFileName: 'string', scaleFactor: 'number' }).filter(([name, type]) => typeof told[name] === type);
  return { embedOptions: Object.fromEntries(kept.map(([name]) => [name, told[name]])) };
}

/** Which of Vega's two languages a MIME type speaks; null when it is neither. */
export function vegaModeOf(mime: string): 'vega' | 'vega-lite' | null {
  if (/^application\/vnd\.vegalite\.v\d+(\+|\.)json$/.test(mime)) return 'vega-lite';
  return /^application\/vnd\.vega\.v\d+(\+|\.)json$/.test(mime) ? 'vega' : null;
}
