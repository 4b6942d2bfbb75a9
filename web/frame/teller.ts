// Tells heights to the page: only new ones, and no more often than it takes them. The last one is always told.
import { most } from './protocol';

export class Teller {
  readonly #tell: (height: number) => void;
  #told: number | null = null;
  #latest = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: (height: number) => void) {
    this.#tell = tell;
  }

  put(height: number): void {
    this.#latest = height;
    if (this.#timer === null) this.#go();
  }

  #go(): void {
    this.#timer = null;
    if (this.#latest === this.#told) return;
    this.#told = this.#latest;
    this.#timer = setTimeout(() => this.#go(), 1000 / most.sizesPerSecond);
    this.#tell(this.#latest);
  }
}
