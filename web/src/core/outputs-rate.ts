// How often something may happen: a bucket of tokens that refills steadily.

export class RateLimit {
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #at: number | null = null;

  /** `most` at once, `perSecond` on the long run. */
  constructor(most: number, perSecond: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
  }

  /** Whether one more may happen now; `now` in milliseconds, never going back. */
  take(now: number): boolean {
    const passed = this.#at === null ? 0 : Math.max(0, now - this.#at);
    this.#at = now;
    this.#left = Math.min(this.#most, this.#left + (passed / 1000) * this.#perSecond);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
