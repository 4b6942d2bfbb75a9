import { describe, expect, it } from 'vitest';
import { homeOfWidget, isCoreModule, referredModels, savedStates } from './outputs-widget-state';

const slider = { model_name: 'IntSliderModel', model_module: '@jupyter-widgets/controls', model_module_version: '2.0.0', state: { value: 3 } };
const mime = 'application/vnd.jupyter.widget-state+json';

describe('states saved in a notebook', () => {
  it('are read as Jupyter writes them and as Colab does', () => {
    const expected = { version_major: 2, version_minor: 0, state: { a: slider } };
    expect(savedStates({ [mime]: { version_major: 2, version_minor: 0, state: { a: slider } } })).toEqual(expected);
    expect(savedStates({ [mime]: { a: slider } })).toEqual(expected);
  });
  it('are none when there are none, whatever stands there', () => {
    expect([undefined, null, 'x', {}, { [mime]: null }, { [mime]: { state: {} } }, { [mime]: { a: { model_name: 1 } } }].map(savedStates)).toEqual(Array(7).fill(null));
  });
});

it('references are found wherever they stand', () => {
  expect(referredModels({ layout: 'IPY_MODEL_a', children: ['IPY_MODEL_b', { x: [['IPY_MODEL_c']] }], text: 'see IPY_MODEL_d', bytes: new DataView(new ArrayBuffer(1)) })).toEqual(new Set(['a', 'b', 'c']));
});

it('core modules are those of ipywidgets 8', () => {
  expect(isCoreModule('@jupyter-widgets/controls', '2.0.0') && isCoreModule('@jupyter-widgets/base', '^2.0.0') && isCoreModule('@jupyter-widgets/output', '1.0.0')).toBe(true);
  expect(isCoreModule('@jupyter-widgets/controls', '1.5.0') || isCoreModule('anywidget', '~0.9.0') || isCoreModule('constructor', '1')).toBe(false);
});

it('knows where widgets run: ours in the page, those with code of their own and older ones in frames', () => {
  const homes = [['@jupyter-widgets/controls', '2.0.0'], ['anywidget', '~0.9.*'], ['anywidget', '1.0.0'], ['@jupyter-widgets/controls', '1.5.0'], ['@jupyter-widgets/base', '^1.2.0'], ['jupyter-matplotlib', '^0.11'], ['constructor', '1.0.0']] as const;
  expect(homes.map(([name, version]) => homeOfWidget(name, version))).toEqual(['page', 'frame', 'frame', 'frame', 'frame', null, null]);
});
