// What a frame has to be told of its models while it is still busy with what it was told last. Changes of one model come together; messages
// keep their order. So a kernel faster than a frame costs no more memory than the state it changes, and a bounded number of messages.
import type { ModelNews } from '../../../../frame/protocol';

type Update = Extract<ModelNews, { kind: 'update' }>;

const mostMessages = 1000;
const mostSize = 64 * 1024 * 1024;

const sizeOf = (news: ModelNews): number => (news.kind === 'custom' ? JSON.stringify(news.content).length + news.buffers.reduce((sum, each) => sum + each.byteLength, 0) : 0);

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

export class Outbox {
  #news: ModelNews[] = [];
  #messages = 0;
  #size = 0;
  #busy = false;

  /** False when messages had to be left out, because too many or too large ones wait; what the models are is told nevertheless. */
  put(news: ModelNews): boolean {
    if (news.kind === 'update') {
      this.#update(news);
      return true;
    }
    this.#news.push(news);
    if (news.kind === 'closed') return true;
    this.#messages += 1;
    this.#size += sizeOf(news);
    if (this.#messages <= mostMessages && this.#size <= mostSize) return true;
    const rest = this.#news.filter(each => each.kind !== 'custom');
    [this.#news, this.#messages, this.#size] = [[], 0, 0];
    for (const each of rest) this.put(each);
    return false;
  }

  #update(news: Update): void {
    const at = this.#news.findLastIndex(each => each.model_id === news.model_id);
    const last = this.#news[at];
    if (last?.kind === 'update') this.#news[at] = merged(last, news);
    else this.#news.push(news);
  }

  get hasNews(): boolean {
    return this.#news.length > 0;
  }

  /** What is to be told now; empty while the frame has not heard the last. */
  take(): readonly ModelNews[] {
    if (this.#busy || this.#news.length === 0) return [];
    const news = this.#news;
    [this.#news, this.#messages, this.#size, this.#busy] = [[], 0, 0, true];
    return news;
  }

  heard(): void {
    this.#busy = false;
  }
}
