// Pictures attached to a text cell. They are put in before the text stands on the page: a browser would try to load `attachment:…` at once, and
// the page's policy would report that.
import type { IAttachmentsModel } from '@jupyterlab/attachments';
import { imageRendererFactory } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

const scheme = 'attachment:';

function addressOf(name: string, attachments: IAttachmentsModel): string | null {
  const data = attachments.get(name)?.data ?? {};
  const kind = Object.keys(data).find(each => imageRendererFactory.mimeTypes.includes(each));
  const content = kind === undefined ? undefined : data[kind];
  return typeof content === 'string' ? `data:${kind};base64,${content.replace(/\s/g, '')}` : null;
}

/** What another sanitizer leaves, with the attached pictures in it; one that is not attached keeps only its description. */
export class WithAttachments implements IRenderMime.ISanitizer {
  readonly #inner: IRenderMime.ISanitizer;
  readonly #attachments: IAttachmentsModel;

  constructor(inner: IRenderMime.ISanitizer, attachments: IAttachmentsModel) {
    this.#inner = inner;
    this.#attachments = attachments;
  }

  getAutolink(): boolean {
    return this.#inner.getAutolink?.() ?? true;
  }

  get allowNamedProperties(): boolean {
    return this.#inner.allowNamedProperties ?? false;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    const clean = this.#inner.sanitize(dirty, options);
    if (!clean.includes(scheme)) return clean;
    const template = document.createElement('template'); // nothing loads in it
    template.innerHTML = clean;
    for (const image of template.content.querySelectorAll('img')) {
      const source = image.getAttribute('src') ?? '';
      if (!source.startsWith(scheme)) continue;
      const name = source.slice(scheme.length);
      const address = addressOf(name, this.#attachments) ?? addressOf(decoded(name), this.#attachments);
      if (address === null) image.removeAttribute('src');
      else image.setAttribute('src', address);
    }
    return template.innerHTML;
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
