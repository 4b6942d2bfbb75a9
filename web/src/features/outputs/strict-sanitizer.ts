// JupyterLab's sanitizer and then some: no controls a page could be mistaken for, nothing that covers or loads what is not ours.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { isOwnPicture } from '../../core/outputs-html';
import { t } from '../../ui/i18n';

const controls = 'button, select, textarea, output, datalist, audio, video, input:not([type=checkbox]), map, area, command';
const coats = 'form, fieldset, legend, label';
const risky = ['accesskey', 'autofocus', 'background', 'draggable', 'formaction', 'inert', 'ismap', 'name', 'ping', 'usemap'];
const covering = /(^|;)\s*(position|z-index|inset|top|right|bottom|left|(-\w+-)?transform|(background|border-image|list-style|cursor|content|mask|filter)[\w-]*)\s*:[^;]*(?=;|$)/gi;

function placeholderOf(image: HTMLImageElement): HTMLElement {
  const source = image.getAttribute('src') ?? '';
  const place = document.createElement('span');
  place.className = 'al-blocked-image';
  const host = URL.canParse(source, location.href) ? new URL(source, location.href).host : source.slice(0, 40);
  place.textContent = image.alt ? `${image.alt} (${t('image.blocked', { host })})` : t('image.blocked', { host });
  return place;
}

function tidyImage(image: HTMLImageElement): void {
  if (!image.hasAttribute('src')) return;
  if (!isOwnPicture(image.getAttribute('src') ?? '')) image.replaceWith(placeholderOf(image));
  else if (!image.hasAttribute('loading')) image.setAttribute('loading', 'lazy'); // its address is completed after it stands on the page
}

/** Takes covering and loading rules out of a style; the plain ones stay. */
function tidyStyle(element: Element): void {
  const style = element.getAttribute('style') ?? '';
  const tidy = /url\s*\(|image-set|[\\]/i.test(style) ? '' : style.replace(covering, (rule, before: string) => (/^;?\s*background-color\s*:/i.test(rule) ? rule : before));
  if (tidy !== style) element.setAttribute('style', tidy);
}

/** What remains of sanitised HTML. Nothing in it runs or loads while it is looked at. */
export function tidied(html: string): string {
  if (!html.includes('<')) return html;
  const template = document.createElement('template');
  template.innerHTML = html;
  for (const each of template.content.querySelectorAll(controls)) each.remove();
  for (const each of template.content.querySelectorAll(coats)) each.replaceWith(...each.childNodes);
  for (const each of template.content.querySelectorAll('input')) each.setAttribute('disabled', '');
  for (const each of template.content.querySelectorAll('img')) tidyImage(each);
  for (const each of template.content.querySelectorAll('[style]')) tidyStyle(each);
  for (const name of risky) for (const each of template.content.querySelectorAll(`[${name}]`)) each.removeAttribute(name);
  return template.innerHTML;
}

/** The page's sanitizer for everything outputs and text cells draw in the page. */
export class StrictSanitizer implements IRenderMime.ISanitizer {
  readonly #inner: IRenderMime.ISanitizer;

  constructor(inner: IRenderMime.ISanitizer) {
    this.#inner = inner;
  }

  getAutolink(): boolean {
    return this.#inner.getAutolink?.() ?? true;
  }

  get allowNamedProperties(): boolean {
    return false;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    return tidied(this.#inner.sanitize(dirty, options));
  }
}
