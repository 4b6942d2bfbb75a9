// An output whose drawing is loaded with the first one of its kind.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

export class LateOutput extends Widget implements IRenderMime.IRenderer {
  readonly #mime: string;
  readonly #load: () => Promise<(place: HTMLElement, data: unknown) => void>;

  constructor(mime: string, load: () => Promise<(place: HTMLElement, data: unknown) => void>) {
    super();
    this.#mime = mime;
    this.#load = load;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const draw = await this.#load();
    if (!this.isDisposed) draw(this.node, model.data[this.#mime]);
  }
}
