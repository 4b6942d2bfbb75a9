// Bokeh speaks in pieces: a library in one output, plots in others. Each plot's frame gets the library the notebook has loaded.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { t } from '../../ui/i18n';
import { frameScripts, FrameWidget } from './frame-output';
import { textOf } from './in-page';

export const bokehLoad = 'application/vnd.bokehjs_load.v0+json';
export const bokehExec = 'application/vnd.bokehjs_exec.v0+json';

/** The library this page's notebook has loaded last. */
class Library {
  #text: string | null = null;
  readonly #waiting = new Set<() => void>();

  get text(): string | null {
    return this.#text;
  }

  load(text: string): void {
    this.#text = text;
    for (const tell of [...this.#waiting]) tell();
  }

  onLoad(tell: () => void): () => void {
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  }
}

const library = new Library();

/** The elements a plot's script will look for; Bokeh sends them in an output of their own, which has a frame of its own. */
function anchorsOf(script: string): string[] {
  return [...script.matchAll(/"roots":\{([^{}]*)\}/g)].flatMap(([, roots = '']) => [...roots.matchAll(/"[\w-]+":"([\w-]+)"/g)].map(([, id = '']) => id));
}

export class BokehLoadOutput extends Widget implements IRenderMime.IRenderer {
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    library.load(textOf(model, bokehLoad));
    this.node.className = 'al-output-note';
    this.node.textContent = t('bokeh.ready');
  }
}

export class BokehPlotOutput extends FrameWidget implements IRenderMime.IRenderer {
  readonly #note = document.createElement('p');
  #script = '';
  readonly #endWait = library.onLoad(() => this.#draw());

  constructor() {
    super();
    this.#note.className = 'al-output-note';
    this.#note.textContent = t('bokeh.missing');
    this.node.append(this.#note);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#script = textOf(model, 'application/javascript');
    this.#draw();
  }

  override dispose(): void {
    this.#endWait();
    super.dispose();
  }

  #draw(): void {
    this.#note.hidden = library.text !== null;
    if (library.text === null || this.#script === '') return;
    this.display(frameScripts([library.text, this.#script], anchorsOf(this.#script)));
  }
}
