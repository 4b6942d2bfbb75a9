import { describe, expect, it } from 'vitest';
import { darkFigure, figureOf, harmlessUsermeta, hostNeededBy, keptInPlace, vegaModeOf, withoutForeignImages } from './outputs-plot';

const colours = { text: '#eee', muted: '#bbb', border: '#444' };
const light = { layout: { paper_bgcolor: 'white', plot_bgcolor: '#E5ECF6', xaxis: { automargin: true }, colorway: ['#636efa'] } };

describe('a figure', () => {
  it('is copied, so that drawing it changes no notebook', () => {
    const output = { data: [{ type: 'bar', x: [1] }], layout: { title: 'a' } };
    const figure = figureOf(output);
    expect(figure).toEqual({ ...output, frames: [], config: {} });
    expect(figure?.data[0]).not.toBe(output.data[0]);
  });
  it('is none when it has no traces', () => expect([null, 'x', [], { layout: {} }, { data: 'x' }].map(figureOf)).toEqual([null, null, null, null, null]));
  it('names the server without which it would be empty', () => {
    const of = (type: string) => hostNeededBy({ data: [{ type }], layout: {}, frames: [], config: {} });
    expect(['scatter', 'heatmap', 'treemap', 'choropleth', 'scattergeo', 'scattermap', 'densitymapbox'].map(of)).toEqual([
      null, null, null, 'cdn.plot.ly', 'cdn.plot.ly', 'basemaps.cartocdn.com', 'basemaps.cartocdn.com',
    ]);
  });
  it('keeps only pictures that came with it', () => {
    const images = [{ source: 'https://evil.example/a.png' }, { source: 'data:image/png;base64,A' }, {}];
    expect(withoutForeignImages({ data: [], layout: { images }, frames: [], config: {} }).layout['images']).toEqual([images[1]]);
  });
});

describe('on a dark page', () => {
  it('the default look becomes dark, and keeps all else of it', () => {
    const template = darkFigure({ data: [], layout: { template: light, title: 'x' }, frames: [], config: {} }, colours).layout['template'];
    expect(template).toMatchObject({ layout: { paper_bgcolor: 'rgba(0,0,0,0)', font: { color: '#eee' }, xaxis: { automargin: true, gridcolor: '#444' }, colorway: ['#636efa'] } });
  });
  it('a look the maker chose stays', () => {
    const figure = { data: [], layout: { template: { layout: { paper_bgcolor: 'rgb(17,17,17)' } } }, frames: [], config: {} };
    expect(darkFigure(figure, colours)).toBe(figure);
  });
});

it('Vega is told by its MIME type, in the old and the new spelling', () => {
  expect(['application/vnd.vegalite.v5+json', 'application/vnd.vegalite.v6.json', 'application/vnd.vega.v5+json', 'application/vnd.plotly.v1+json', 'text/html'].map(vegaModeOf)).toEqual([
    'vega-lite', 'vega-lite', 'vega', null, null,
  ]);
});

describe('a Vega specification', () => {
  it('hears of the window only what drags need, and binds nothing outside, whatever it says', () => {
    const own = { marks: [], config: { background: 'red', events: { bind: 'any', selector: true, window: ['keydown'], globalCursor: true, timer: false } } };
    const kept = keptInPlace(own) as unknown as typeof own;
    expect(kept).toMatchObject({ marks: [], config: { background: 'red', events: { bind: 'container', selector: false, globalCursor: false, timer: false } } });
    expect(kept.config.events.window.filter(each => !/^(mouse|pointer|touch)(move|up|end)$/.test(each))).toEqual([]);
    expect(keptInPlace({})).toMatchObject({ config: { events: { bind: 'container', selector: false } } });
  });
  it('tells the drawing library its theme, its file name and its scale, and nothing else', () => {
    const embedOptions = { theme: 'dark', downloadFileName: 'flock', scaleFactor: 2, bind: 'body', loader: {}, ast: false, patch: [], defaultStyle: 'x', config: 'https://evil.example' };
    expect(harmlessUsermeta({ embedOptions })).toEqual({ embedOptions: { theme: 'dark', downloadFileName: 'flock', scaleFactor: 2 } });
    expect([undefined, 'x', { embedOptions: { theme: {} } }].map(harmlessUsermeta)).toEqual(Array(3).fill({ embedOptions: {} }));
  });
});
