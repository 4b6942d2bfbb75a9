// Widget state as notebooks and kernels tell it.

export const widgetView = 'application/vnd.jupyter.widget-view+json';
const widgetState = 'application/vnd.jupyter.widget-state+json';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

export interface SavedStates {
  readonly version_major: number;
  readonly version_minor: number;
  readonly state: Record<string, Fields>;
}

const isModel = (value: unknown): value is Fields => isFields(value) && typeof value['model_name'] === 'string' && typeof value['model_module'] === 'string' && isFields(value['state']);

/** The states saved in a notebook's `widgets` metadata. Colab writes them without the wrapping the format asks for; both are read. */
export function savedStates(metadata: unknown): SavedStates | null {
  const saved = isFields(metadata) ? metadata[widgetState] : null;
  if (!isFields(saved)) return null;
  const wrapped = isFields(saved['state']) && !isModel(saved);
  const models = wrapped ? (saved['state'] as Fields) : saved;
  const state = Object.fromEntries(Object.entries(models).filter((each): each is [string, Fields] => isModel(each[1])));
  return Object.keys(state).length > 0 ? { version_major: 2, version_minor: 0, state: structuredClone(state) } : null;
}

/** The models a state refers to (`IPY_MODEL_…`), wherever in it. */
export function referredModels(state: unknown): Set<string> {
  const found = new Set<string>();
  const rest: unknown[] = [state];
  while (rest.length > 0) {
    const each = rest.pop();
    if (typeof each === 'string' && each.startsWith('IPY_MODEL_')) found.add(each.slice('IPY_MODEL_'.length));
    else if (Array.isArray(each)) for (const inner of each) rest.push(inner);
    else if (isFields(each) && Object.getPrototypeOf(each) === Object.prototype) rest.push(...Object.values(each));
  }
  return found;
}

const ours: Readonly<Record<string, number>> = { '@jupyter-widgets/base': 2, '@jupyter-widgets/controls': 2, '@jupyter-widgets/output': 1 };

/** Whether the page draws widgets of this module itself: the core ones of ipywidgets 8. */
export function isCoreModule(name: string, version: string): boolean {
  const major = /^[\^~]?(\d+)/.exec(version)?.[1];
  return Object.hasOwn(ours, name) && (major === undefined || Number(major) === ours[name]);
}

/** Where widgets of this module run: in the page, in a frame (their code comes with them, or is an older one), or nowhere. */
export function homeOfWidget(name: string, version: string): 'page' | 'frame' | null {
  if (isCoreModule(name, version)) return 'page';
  const isOld = (name === '@jupyter-widgets/base' || name === '@jupyter-widgets/controls') && /^[\^~]?1\./.test(version);
  return name === 'anywidget' || isOld ? 'frame' : null;
}

/** One model as a frame is told it; the buffers belong where the paths say. */
export interface ToldState {
  readonly model_name: string;
  readonly model_module: string;
  readonly model_module_version: string;
  readonly state: Fields;
  readonly buffer_paths: readonly (readonly (string | number)[])[];
  readonly buffers: readonly ArrayBuffer[];
}

interface SavedBuffer {
  readonly path: readonly (string | number)[];
  readonly data: string;
}

const isSavedBuffer = (value: unknown): value is SavedBuffer =>
  isFields(value) && Array.isArray(value['path']) && value['path'].every(step => typeof step === 'string' || typeof step === 'number') && typeof value['data'] === 'string' && /^[A-Za-z0-9+/=\s]*$/.test(value['data']);

function bytesOf(base64: string): ArrayBuffer {
  try {
    return Uint8Array.from(atob(base64), each => each.charCodeAt(0)).buffer;
  } catch {
    return new ArrayBuffer(0); // cut off somewhere; the widget shows what it can
  }
}

/** A saved model and all it refers to, out of a notebook's `widgets` metadata; null when it is not there. */
export function statesOf(metadata: unknown, id: string): Readonly<Record<string, ToldState>> | null {
  const saved = savedStates(metadata)?.state ?? {};
  if (!Object.hasOwn(saved, id)) return null;
  const told: Record<string, ToldState> = {};
  const rest = [id];
  for (let each = rest.pop(); each !== undefined; each = rest.pop()) {
    const model = Object.hasOwn(saved, each) && !Object.hasOwn(told, each) ? saved[each] : undefined;
    if (!model) continue;
    const buffers = Array.isArray(model['buffers']) ? model['buffers'].filter(isSavedBuffer) : [];
    const state = model['state'] as Fields;
    told[each] = {
      model_name: String(model['model_name']), model_module: String(model['model_module']), model_module_version: String(model['model_module_version'] ?? ''), state,
      buffer_paths: buffers.map(({ path }) => path), buffers: buffers.map(({ data }) => bytesOf(data)),
    };
    rest.push(...referredModels(state));
  }
  return told;
}
