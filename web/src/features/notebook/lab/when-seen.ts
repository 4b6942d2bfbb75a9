// Things that are done once something is about to be seen.

const ahead = '600px'; // of the window

/** A promise that holds once what is given to `watch` is near the window. */
export class Seen {
  readonly soon: Promise<void>;
  #tell: () => void = () => undefined;

  constructor() {
    this.soon = new Promise(resolve => {
      this.#tell = resolve;
    });
  }

  watch(node: Element): void {
    const observer = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      observer.disconnect();
      this.#tell();
    }, { rootMargin: ahead });
    observer.observe(node);
  }
}
