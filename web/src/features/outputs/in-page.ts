// What the page draws itself: HTML that fits, text with markup, pictures. The same for everybody's notebooks, whatever they claim to be.
import { RenderedHTML, RenderedImage, RenderedMarkdown, RenderedSVG } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { t } from '../../ui/i18n';
import { StrictSanitizer } from './strict-sanitizer';

type Model = IRenderMime.IMimeModel;
type Options = IRenderMime.IRendererOptions;

/** Text of an output; notebooks may keep it as a list of lines. */
export function textOf(model: Model, mime: string): string {
  const data: unknown = model.data[mime];
  return Array.isArray(data) ? data.join('') : String(data ?? '');
}

/** The same output without the mark of trust: trusted or not, it is sanitised. */
const untrusted = (model: Model): Model => ({ trusted: false, data: model.data, metadata: model.metadata, setData: options => model.setData(options) });

const strictly = (options: Options): Options => ({ ...options, sanitizer: new StrictSanitizer(options.sanitizer) });

export class PageHtml extends RenderedHTML {
  constructor(options: Options) {
    super(strictly(options));
  }

  override renderModel(model: Model): Promise<void> {
    return super.renderModel(untrusted(model));
  }
}

export class PageMarkdown extends RenderedMarkdown {
  constructor(options: Options) {
    super(strictly(options));
  }

  override renderModel(model: Model): Promise<void> {
    return super.renderModel(untrusted(model));
  }
}

/** A picture says what it shows: the text that comes with it, when it says more than its kind. */
function nameImages(node: HTMLElement, model: Model): void {
  const text = textOf(model, 'text/plain').trim();
  const alt = text === '' || text.startsWith('<') ? t('image.alt') : text.slice(0, 300);
  for (const image of node.querySelectorAll('img')) if (!image.alt) image.alt = alt;
}

export class PageImage extends RenderedImage {
  override async render(model: Model): Promise<void> {
    await super.render(model);
    nameImages(this.node, model);
  }
}

/** SVG as a picture: scripts, links and styles in it do nothing outside. */
export class PageSvg extends RenderedSVG {
  override async render(model: Model): Promise<void> {
    const image = document.createElement('img');
    const bytes = new TextEncoder().encode(textOf(model, this.mimeType));
    let binary = '';
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    image.src = `data:image/svg+xml;base64,${btoa(binary)}`;
    this.node.replaceChildren(image);
    nameImages(this.node, model);
  }
}
