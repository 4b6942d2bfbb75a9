// Text of programs: as JupyterLab draws it, with its colours and links, but no more of it than a page can bear until somebody asks for all.
import { RenderedCommon, renderError, renderText } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { locale, t } from '../../ui/i18n';
import { cutText, type Cut } from './cut-text';
import { textOf } from './in-page';
import './outputs.css';

export const errorType = 'application/vnd.jupyter.stderr';

export class PageText extends RenderedCommon {
  readonly #place = document.createElement('div');
  readonly #note = document.createElement('p');
  #isWhole = false;

  constructor(options: IRenderMime.IRendererOptions) {
    super(options);
    this.addClass('jp-RenderedText');
    this.#note.className = 'al-output-note';
    this.node.append(this.#place, this.#note);
  }

  override renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    return super.renderModel(model, true); // what was there goes when the new is there, and a button keeps the focus
  }

  override async render(model: IRenderMime.IMimeModel): Promise<void> {
    const text = textOf(model, this.mimeType);
    const cut = this.#isWhole ? null : cutText(text);
    this.#place.replaceChildren();
    await this.#draw(cut ? `${cut.head}\n⋯\n${cut.tail}` : text);
    this.#say(cut, model);
  }

  #draw(source: string): Promise<void> {
    const { sanitizer, translator, linkHandler, resolver } = this;
    const common = { host: this.#place, source, sanitizer, translator };
    return this.mimeType === errorType ? renderError({ ...common, linkHandler, resolver }) : renderText(common);
  }

  #say(cut: Cut | null, model: IRenderMime.IMimeModel): void {
    this.#note.hidden = cut === null;
    if (cut === null) return;
    const all = this.#note.querySelector('button') ?? document.createElement('button');
    all.type = 'button';
    all.className = 'al-note-action';
    all.textContent = t('text.all');
    all.onclick = () => {
      this.#isWhole = true;
      void this.render(model);
    };
    const words = t('text.cut', { lines: cut.lines.toLocaleString(locale()) });
    if (this.#note.firstChild instanceof Text) this.#note.firstChild.data = `${words} `;
    else this.#note.append(`${words} `, all);
  }
}
