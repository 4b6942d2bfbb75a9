import { describe, expect, it } from 'vitest';
import { darkFigure, figureOf, hostNeededBy, vegaModeOf, withoutForeignImages } from './outputs-plot';

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
