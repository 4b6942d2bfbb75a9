// Keeps few frames alive: tells each when to be and when to rest, from where it is on the page.
import { chooseLive, distanceTo, type FramePlace } from '../../core/outputs-live';

export interface Sleeper {
  readonly node: HTMLElement;
  /** Whether it wakes wherever it is. */
  isEager(): boolean;
  wake(): void;
  sleep(): void;
}

/** A frame wakes when it comes this near, in heights of the window. */
const reach = 1;

class LiveFrames {
  readonly #sleepers = new Map<number, Sleeper>();
  readonly #awake = new Set<number>();
  readonly #ids = new WeakMap<Element, number>();
  #next = 1;
  #planned = 0;
  readonly #observer = new IntersectionObserver(() => this.#plan(), { scrollMargin: `${reach * 100}% 0px`, rootMargin: `${reach * 100}% 0px` } as IntersectionObserverInit);

  /** From now on the frame is told to wake and to sleep; gives the way to end that. */
  add(sleeper: Sleeper): () => void {
    const id = this.#next;
    this.#next += 1;
    this.#sleepers.set(id, sleeper);
    this.#ids.set(sleeper.node, id);
    this.#observer.observe(sleeper.node);
    return () => {
      this.#observer.unobserve(sleeper.node);
      this.#sleepers.delete(id);
      this.#awake.delete(id);
      this.#plan();
    };
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = requestAnimationFrame(() => {
      this.#planned = 0;
      this.#settle();
    });
  }

  #settle(): void {
    const seen = { top: 0, bottom: innerHeight };
    const places: FramePlace[] = [...this.#sleepers].map(([id, sleeper]) => ({
      id, distance: distanceTo(sleeper.node.getBoundingClientRect(), seen), live: this.#awake.has(id) || sleeper.isEager(),
    }));
    const live = chooseLive(places, reach * innerHeight);
    for (const [id, sleeper] of this.#sleepers) {
      if (live.has(id) === this.#awake.has(id)) continue;
      if (live.has(id)) {
        this.#awake.add(id);
        sleeper.wake();
      } else {
        this.#awake.delete(id);
        sleeper.sleep();
      }
    }
  }
}

export const liveFrames = new LiveFrames();
