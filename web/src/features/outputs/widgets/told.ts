// Models of the page as a frame is told them, and what a frame may tell back.
import { remove_buffers, type WidgetModel } from '@jupyter-widgets/base';
import type { BufferPath, ModelNews, WidgetState } from '../../../../frame/protocol';
import { bytesOf, copyOf, placeBytes } from '../../../../frame/values';

type Fields = Record<string, unknown>;
type Update = Extract<ModelNews, { kind: 'update' }>;
type Serialized = Parameters<typeof remove_buffers>[0];

/** What a model is, and how often it is shown, is not for a frame to say; the page counts the views that are shown. */
const ours = new Set(['_model_module', '_model_name', '_model_module_version', '_view_module', '_view_name', '_view_module_version', '_view_count', '__proto__']);

function packed(model: WidgetModel, fields: Fields): { state: Fields; buffer_paths: BufferPath[]; buffers: ArrayBuffer[] } {
  const { state, buffer_paths, buffers } = remove_buffers(copyOf(model.serialize(fields as Parameters<WidgetModel['serialize']>[0])) as Serialized);
  return { state: state as Fields, buffer_paths, buffers: buffers as ArrayBuffer[] };
}

export function tell(model: WidgetModel): WidgetState {
  const { state, ...bytes } = packed(model, model.get_state(false) as Fields);
  return {
    model_name: String(state['_model_name']), model_module: String(state['_model_module']), model_module_version: String(state['_model_module_version']),
    state: { ...state, _view_count: null }, ...bytes,
  };
}

/** The fields of a model which have just changed; null when none of them concerns a frame. */
export function tellChange(model: WidgetModel, fields: readonly string[]): Update | null {
  const told = fields.filter(each => !ours.has(each));
  if (told.length === 0) return null;
  return { kind: 'update', model_id: model.model_id, ...packed(model, Object.fromEntries(told.map(each => [each, model.get(each)]))) };
}

/** A message of the kernel to a model. */
export function tellMessage({ model_id }: WidgetModel, content: unknown, buffers: readonly (DataView | ArrayBuffer)[] = []): Extract<ModelNews, { kind: 'custom' }> {
  return { kind: 'custom', model_id, content: JSON.parse(JSON.stringify(content ?? null)) as unknown, buffers: buffers.map(bytesOf) };
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPath = (value: unknown): value is BufferPath => Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(step => typeof step === 'string' || typeof step === 'number');

/** The state in an update from a frame, its bytes in their places; null when it is none. */
export function readUpdate(data: Fields, buffers: readonly ArrayBuffer[]): Fields | null {
  const { state, buffer_paths = [] } = data;
  if (!isFields(state) || !Array.isArray(buffer_paths) || buffer_paths.length !== buffers.length || !buffer_paths.every(isPath)) return null;
  const whole: Fields = { ...state };
  placeBytes(whole, buffer_paths, buffers);
  return Object.fromEntries(Object.entries(whole).filter(([field]) => !ours.has(field)));
}
