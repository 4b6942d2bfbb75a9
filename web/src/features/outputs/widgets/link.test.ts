import { describe, expect, it, vi } from 'vitest';
import type { WidgetModel } from '@jupyter-widgets/base';
import { most, type ToFrame } from '../../../../frame/protocol';
import { WidgetLink } from './link';
import { FramedModel } from './models';

interface SentToKernel {
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** Models as the page's manager would keep them, with comms that note what they would send. */
class Home {
  readonly models = new Map<string, WidgetModel>();
  readonly kernel: SentToKernel[] = [];

  make(model_id: string, state: Record<string, unknown> = {}): FramedModel {
    const manager = { has_model: (id: string) => this.models.has(id), get_model: async (id: string) => this.models.get(id), callbacks: () => ({}) };
    const comm = { comm_id: model_id, on_msg: () => undefined, on_close: () => undefined, close: () => '', send: (data: Record<string, unknown>) => this.kernel.push({ id: model_id, data }).toString() };
    const model = new FramedModel({ _model_name: 'AnyModel', _model_module: 'anywidget', ...state }, { model_id, widget_manager: manager as never, comm: comm as never });
    this.models.set(model_id, model);
    return model;
  }
}

/** A frame's end: what it is told, and the sentences shown under it. */
async function frameOf(root: WidgetModel, link = new WidgetLink(root)) {
  const told: ToFrame[] = [];
  const said: string[] = [];
  let messages = 0;
  link.draw(message => told.push(structuredClone(message)), words => said.push(words));
  const kinds = (t: ToFrame['t']) => told.filter(each => each.t === t);
  await vi.waitFor(() => expect(kinds('widget')).toHaveLength(1));
  const say = (comm_id: string, data: Record<string, unknown>, buffers: ArrayBuffer[] = []) => {
    messages += 1;
    link.onSpoken({ t: 'comm_msg', message: `m${messages}`, comm_id, data, buffers });
  };
  const update = (comm_id: string, state: Record<string, unknown>) => say(comm_id, { method: 'update', state });
  const news = () => told.flatMap(each => (each.t === 'news' ? each.news : []));
  const answered = (count: number) => vi.waitFor(() => expect(kinds('comm_idle')).toHaveLength(count));
  return { link, told, said, kinds, say, update, news, answered };
}

const statesIn = (message: ToFrame | undefined) => Object.keys(message && 'states' in message ? message.states : {}).sort();

describe('a frame', () => {
  it('is told of its model and those it refers to, and of no others', async () => {
    const home = new Home();
    home.make('secret', { word: 'hush' });
    home.make('leaf', {});
    home.make('child', { leaf: 'IPY_MODEL_leaf' });
    const { kinds, link } = await frameOf(home.make('root', { children: ['IPY_MODEL_child', 'IPY_MODEL_nowhere'] }));
    expect(statesIn(kinds('widget')[0])).toEqual(['child', 'leaf', 'root']);
    link.onSpoken({ t: 'states', request: 1, model_ids: ['secret', 'leaf', '__proto__'] });
    await vi.waitFor(() => expect(statesIn(kinds('states')[0])).toEqual(['leaf']));
  });

  it('changes a model in the kernel and in other frames, and is not told again what it said', async () => {
    const home = new Home();
    const root = home.make('root', { value: 1 });
    const [one, other] = [await frameOf(root), await frameOf(root)];
    one.update('root', { value: 2 });
    await one.answered(1);
    expect(home.kernel).toEqual([{ id: 'root', data: { method: 'update', state: { value: 2 }, buffer_paths: [] } }]);
    await vi.waitFor(() => expect(other.news()).toEqual([{ kind: 'update', model_id: 'root', state: { value: 2 }, buffer_paths: [], buffers: [] }]));
    root.set('value', 3);
    await vi.waitFor(() => expect(one.news().map(each => (each.kind === 'update' ? each.state : null))).toEqual([{ value: 3 }]));
  });

  it('cannot speak to models it does not know', async () => {
    const home = new Home();
    home.make('other', { value: 1 });
    const { update, say, answered } = await frameOf(home.make('root'));
    update('other', { value: 2 });
    say('other', { method: 'custom', content: 1 });
    await answered(2);
    expect(home.kernel).toEqual([]);
    expect(home.models.get('other')?.get('value')).toBe(1);
  });

  it('passes messages with bytes on, both ways and in order', async () => {
    const home = new Home();
    const root = home.make('root', {});
    const { say, update, answered, news } = await frameOf(root);
    update('root', { value: 1 });
    say('root', { method: 'custom', content: { ask: 1 } }, [new ArrayBuffer(2)]);
    say('root', { method: 'eval', content: 'code' });
    await answered(3);
    expect(home.kernel.map(({ data }) => data['method'])).toEqual(['update', 'custom']);
    root.trigger('msg:custom', { answer: 2 }, [new DataView(Uint8Array.from([1, 2, 3]).buffer, 1, 1)]);
    await vi.waitFor(() => expect(news()).toEqual([{ kind: 'custom', model_id: 'root', content: { answer: 2 }, buffers: [Uint8Array.from([2]).buffer] }]));
  });

  it('hears the next news when it has taken in the last, all of it at once', async () => {
    const root = new Home().make('root', { value: 0 });
    const { link, kinds, news } = await frameOf(root);
    root.set('value', 1);
    await vi.waitFor(() => expect(kinds('news')).toHaveLength(1));
    for (let i = 2; i <= 500; i += 1) root.set('value', i);
    link.onSpoken({ t: 'heard' });
    await vi.waitFor(() => expect(kinds('news')).toHaveLength(2));
    expect(news().map(each => (each.kind === 'update' ? each.state['value'] : null))).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });

  it('that is the first hears of its model from the beginning, others what it is', async () => {
    const root = new Home().make('root', { value: 1, command: null });
    const link = new WidgetLink(root);
    root.set('command', 'go');
    root.set('command', null);
    root.trigger('msg:custom', 'hello');
    const first = await frameOf(root, link);
    expect(first.kinds('widget')[0]).toMatchObject({ states: { root: { state: { value: 1, command: null } } } });
    await vi.waitFor(() => expect(first.news().map(each => (each.kind === 'update' ? each.state : each.kind))).toEqual([{ command: 'go' }, { command: null }, 'custom']));
    root.set('value', 2);
    const second = await frameOf(root);
    expect(second.kinds('widget')[0]).toMatchObject({ states: { root: { state: { value: 2 } } } });
    await vi.waitFor(() => expect(first.told.some(each => each.t === 'news')).toBe(true));
    expect(second.news()).toEqual([]);
  });

  it('of a model that has become very much is told what it is', async () => {
    const root = new Home().make('root', { value: 0 });
    const link = new WidgetLink(root);
    for (let i = 1; i <= 101; i += 1) root.set('value', i);
    const { kinds, news } = await frameOf(root, link);
    expect(kinds('widget')[0]).toMatchObject({ states: { root: { state: { value: 101 } } } });
    expect(news()).toEqual([]);
  });

  it('that floods is left out of, and that is said', async () => {
    const home = new Home();
    const { say, said, answered } = await frameOf(home.make('root'));
    for (let i = 0; i < 10 * most.underWay; i += 1) say('root', { method: 'custom', content: i });
    await answered(2 * most.underWay);
    expect(home.kernel).toHaveLength(2 * most.underWay);
    expect(said.length).toBe(8 * most.underWay);
  });

  it('is told when the kernel is gone, and then changes only what is shown', async () => {
    const home = new Home();
    const root = home.make('root', { value: 1 });
    const { kinds, update, say, answered } = await frameOf(root);
    root.comm_live = false;
    expect(kinds('live')).toEqual([{ t: 'live', live: false }]);
    update('root', { value: 2 });
    say('root', { method: 'custom', content: 1 });
    await answered(2);
    expect(root.get('value')).toBe(2);
    expect(home.kernel).toEqual([]);
  });

  it('is told that a model has been closed, and nothing once it rests', async () => {
    const root = new Home().make('root', { value: 1 });
    const { link, told, news } = await frameOf(root);
    link.onAsleep();
    const before = told.length;
    root.set('value', 2);
    expect(told.length).toBe(before);
    link.draw(message => told.push(structuredClone(message)), () => undefined);
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ t: 'widget', states: { root: { state: { value: 2 } } } }));
    void root.close(true);
    await vi.waitFor(() => expect(news()).toEqual([{ kind: 'closed', model_id: 'root' }]));
  });
});
