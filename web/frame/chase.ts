// Content as high as its frame and a bit (`height: calc(100vh + 10px)`) would grow for ever: each time it grows because the frame did.

const patience = 4;

export class Chase {
  #height = 0;
  #growths = 0;

  /** Whether this height may be told to the page; `resized` when the frame itself has just become higher or lower. */
  admits(height: number, resized: boolean): boolean {
    const grew = height > this.#height;
    this.#growths = grew && resized ? this.#growths + 1 : resized ? this.#growths : 0;
    if (this.#growths > patience) return false;
    this.#height = height;
    return true;
  }
}
