// What a frame has to be told of its models while it is still busy with what it was told last. Everything is told, in order: modules hear of each
// change, and some use fields as messages. Only when too much waits, changes come together: then the frame learns what the models are in the end.
import type { ModelNews } from '../../../../frame/protocol';

type Update = Extract<ModelNews, { kind: 'update' }>;

interface Bounds {
  readonly count: number;
  readonly size: number;
}

const usual: Bounds = { count: 1000, size: 64 * 1024 * 1024 };

/** Characters and bytes. */
export function sizeOf(news: ModelNews): number {
  if (news.kind === 'closed') return 0;
  const text = JSON.stringify(news.kind === 'custom' ? news.content : news.state).length;
  return news.buffers.reduce((sum, each) => sum + each.byteLength, text);
}

/** Which fields an update is about: in its state, or only in its bytes. */
const fieldsOf = ({ state, buffer_paths }: Update): Set<unknown> => new Set<unknown>([...Object.keys(state), ...buffer_paths.map(([field]) => field)]);

/** The earlier update with the later one over it. */
export function merged(earlier: Update, later: Update): Update {
  const anew = fieldsOf(later);
  const kept = earlier.buffer_paths.flatMap((path, i) => (anew.has(path[0]) ? [] : [{ path, bytes: earlier.buffers[i] ?? new ArrayBuffer(0) }]));
  const state = Object.fromEntries(Object.entries(earlier.state).filter(([field]) => !anew.has(field)));
  return {
    ...later, state: { ...state, ...later.state }, buffer_paths: [...kept.map(({ path }) => path), ...later.buffer_paths], buffers: [...kept.map(({ bytes }) => bytes), ...later.buffers],
  };
}

/** Without messages, and one update a model, where the last of its updates stood. */
function merge(news: readonly ModelNews[]): ModelNews[] {
  const whole = new Map<string, Update>();
  for (const each of news) {
    if (each.kind !== 'update') continue;
    const earlier = whole.get(each.model_id);
    whole.delete(each.model_id);
    whole.set(each.model_id, earlier ? merged(earlier, each) : each);
  }
  return [...whole.values(), ...news.filter(each => each.kind === 'closed')];
}

export class Outbox {
  readonly #most: Bounds;
  #news: ModelNews[] = [];
  #count = 0;
  #size = 0;
  #busy = false;

  constructor(most: Bounds = usual) {
    this.#most = most;
  }

  /** False when messages had to be left out, because too much waits. */
  put(news: ModelNews): boolean {
    this.#news.push(news);
    this.#count += 1;
    this.#size += sizeOf(news);
    if (this.#count <= this.#most.count && this.#size <= this.#most.size) return true;
    const lost = this.#news.some(each => each.kind === 'custom');
    this.#news = merge(this.#news);
    [this.#count, this.#size] = [0, 0]; // what models are in the end is told whatever its size
    return !lost;
  }

  get hasNews(): boolean {
    return this.#news.length > 0;
  }

  /** What is to be told now; empty while the frame has not heard the last. */
  take(): readonly ModelNews[] {
    if (this.#busy || this.#news.length === 0) return [];
    const news = this.#news;
    [this.#news, this.#count, this.#size, this.#busy] = [[], 0, 0, true];
    return news;
  }

  heard(): void {
    this.#busy = false;
  }
}
