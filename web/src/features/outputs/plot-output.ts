// A plot the page draws itself, with a library that is loaded for the first one: waits for its width, follows it, and follows the theme.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { PlotColours } from '../../core/outputs-plot';
import { t } from '../../ui/i18n';
import { isDark, onTheme } from '../../ui/theme';
import './outputs.css';

export interface PlotLook {
  /** Null on a light page: plots are made for one. */
  readonly dark: PlotColours | null;
}

export interface Drawn {
  resize(width: number): void;
  dispose(): void;
}

/** Draws an output's data; throws an Error whose message can be shown. */
export type Draw = (place: HTMLElement, data: unknown, look: PlotLook) => Promise<Drawn>;

function lookNow(): PlotLook {
  if (!isDark()) return { dark: null };
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return { dark: { text: colour('--al-text'), muted: colour('--al-muted'), border: colour('--al-border') } };
}

export class PlotOutput extends Widget implements IRenderMime.IRenderer {
  readonly #mime: string;
  readonly #load: () => Promise<Draw>;
  readonly #observer = new ResizeObserver(() => this.#onWidth());
  readonly #endTheme = onTheme(() => this.#again());
  #data: unknown = undefined;
  #drawn: Drawn | null = null;
  #width = 0;
  /** Drawings one after the other; only the newest data is drawn. */
  #line: Promise<void> = Promise.resolve();
  #wanted = 0;

  constructor(mime: string, load: () => Promise<Draw>) {
    super();
    this.#mime = mime;
    this.#load = load;
    this.addClass('al-plot');
    this.#observer.observe(this.node);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#data = model.data[this.#mime];
    this.#again();
  }

  override dispose(): void {
    this.#observer.disconnect();
    this.#endTheme();
    this.#wanted += 1;
    this.#drawn?.dispose();
    super.dispose();
  }

  #onWidth(): void {
    const width = this.node.clientWidth;
    if (width === 0 || width === this.#width) return;
    const first = this.#width === 0;
    this.#width = width;
    if (first) this.#again();
    else this.#drawn?.resize(width);
  }

  #again(): void {
    if (this.#data === undefined || this.#width === 0) return;
    this.#wanted += 1;
    const mine = this.#wanted;
    this.#line = this.#line.then(() => (mine === this.#wanted ? this.#draw() : undefined));
  }

  async #draw(): Promise<void> {
    const place = document.createElement('div');
    place.className = 'al-plot-wide';
    try {
      const draw = await this.#load();
      this.#drawn?.dispose();
      this.#drawn = null;
      this.node.replaceChildren(place);
      const drawn = await draw(place, this.#data, lookNow());
      if (this.isDisposed) drawn.dispose();
      else this.#drawn = drawn;
    } catch (error) {
      this.#say(t('plot.failed', { reason: error instanceof Error ? error.message : String(error) }));
    }
  }

  #say(words: string): void {
    const note = document.createElement('p');
    note.className = 'al-output-note';
    note.textContent = words;
    this.node.replaceChildren(note);
  }
}
