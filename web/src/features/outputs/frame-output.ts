// Outputs in the sandboxed frame, and HTML wherever it belongs.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel, Widget } from '@lumino/widgets';
import { homeOfHtml } from '../../core/outputs-html';
import { isBokehNotice } from './bokeh-notice';
import { FrameHost, type FrameContent } from './frame-host';
import { PageHtml, textOf } from './in-page';

/** A Lumino widget around a frame's place. */
export class FrameWidget extends Widget {
  readonly #host = new FrameHost();

  constructor() {
    super();
    this.node.append(this.#host.node);
  }

  display(content: FrameContent): void {
    this.#host.show(content);
  }

  protected override onAfterAttach(): void {
    this.#host.attach();
  }

  protected override onBeforeDetach(): void {
    this.#host.detach();
  }
}

/** HTML for a frame. */
export const frameHtml = (html: string): FrameContent => ({ draw: send => send({ t: 'html', html }) });

/** Scripts for a frame, with elements they expect. */
export const frameScripts = (scripts: readonly string[], anchors: readonly string[] = []): FrameContent => ({
  draw: send => send({ t: 'scripts', scripts, anchors }),
});

export class HtmlOutput extends Panel implements IRenderMime.IRenderer {
  readonly #options: IRenderMime.IRendererOptions;
  #shown: PageHtml | FrameWidget | null = null;

  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.#options = options;
    this.addClass('al-html-output');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const html = textOf(model, this.#options.mimeType);
    this.setHidden(isBokehNotice(html));
    if (this.isHidden) return;
    if (homeOfHtml(html) === 'frame') return this.#the(FrameWidget, () => new FrameWidget()).display(frameHtml(html));
    await this.#the(PageHtml, () => new PageHtml(this.#options)).renderModel(model);
  }

  /** The child of this kind, made new when another kind was shown before. */
  #the<T extends PageHtml | FrameWidget>(kind: new (...given: never[]) => T, make: () => T): T {
    if (this.#shown instanceof kind) return this.#shown;
    this.#shown?.dispose();
    const made = make();
    this.#shown = made;
    this.addWidget(made);
    return made;
  }
}

export class ScriptOutput extends FrameWidget implements IRenderMime.IRenderer {
  readonly #mime: string;

  constructor(options: IRenderMime.IRendererOptions) {
    super();
    this.#mime = options.mimeType;
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.display(frameScripts([textOf(model, this.#mime)]));
  }
}
