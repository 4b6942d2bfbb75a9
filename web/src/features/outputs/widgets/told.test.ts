import { describe, expect, it } from 'vitest';
import type { WidgetModel } from '@jupyter-widgets/base';
import { KeptModel } from './models';
import { readUpdate, tell, tellChange } from './told';

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

function model(state: Record<string, unknown>): WidgetModel {
  return new KeptModel({ _model_name: 'AnyModel', _model_module: 'anywidget', _model_module_version: '~0.9.*', ...state }, { model_id: 'm', widget_manager: {} as never });
}

describe('a model of the page', () => {
  it('is told as the kernel would tell it, bytes beside the state', () => {
    const told = tell(model({ word: 'wool', child: 'IPY_MODEL_c', deep: { list: [1, new DataView(bytes(1, 2))] }, data: new DataView(bytes(0, 3, 0), 1, 1), _view_count: 2 }));
    expect(told).toMatchObject({ model_name: 'AnyModel', model_module: 'anywidget', model_module_version: '~0.9.*', state: { word: 'wool', child: 'IPY_MODEL_c', deep: { list: [1, null] }, _view_count: null } });
    expect(told.buffer_paths).toEqual([['deep', 'list', 1], ['data']]);
    expect(told.buffers).toEqual([bytes(1, 2), bytes(3)]);
  });

  it('gives away nothing it still needs', () => {
    const kept = model({ data: new DataView(bytes(1, 2)) });
    const [first] = tell(kept).buffers;
    structuredClone(first, { transfer: first ? [first] : [] });
    expect(tell(kept).buffers).toEqual([bytes(1, 2)]);
  });

  it('is told by the fields that have changed, but for those that are the page’s', () => {
    const changed = model({ word: 'wool', data: new DataView(bytes(1)) });
    expect(tellChange(changed, ['word', 'data', '_view_count'])).toEqual({ kind: 'update', model_id: 'm', state: { word: 'wool' }, buffer_paths: [['data']], buffers: [bytes(1)] });
    expect(tellChange(changed, ['_view_count'])).toBeNull();
  });
});

describe('an update from a frame', () => {
  it('has its bytes in their places', () => {
    const state = readUpdate({ method: 'update', state: { word: 'x' }, buffer_paths: [['data']] }, [bytes(7)]);
    expect(state?.['word']).toBe('x');
    expect((state?.['data'] as DataView).getUint8(0)).toBe(7);
  });

  it('does not say what the model is', () => {
    expect(readUpdate({ state: JSON.parse('{ "_view_module": "x", "_model_name": "y", "_view_count": 9, "__proto__": { "a": 1 }, "_esm": "z" }') }, [])).toEqual({ _esm: 'z' });
  });

  it.each<[string, Record<string, unknown>, ArrayBuffer[]]>([
    ['no state', {}, []], ['a list for a state', { state: [] }, []], ['bytes without a path', { state: {} }, [bytes(1)]], ['a path that is none', { state: {}, buffer_paths: ['data'] }, [bytes(1)]],
    ['an empty path', { state: {}, buffer_paths: [[]] }, [bytes(1)]], ['a path through an object', { state: {}, buffer_paths: [[{}]] }, [bytes(1)]],
  ])('is none with %s', (_, data, buffers) => expect(readUpdate(data, buffers)).toBeNull());
});
