// JupyterLab's find bar names its fields only by tooltips, which screen readers may leave out, and writes its keys in English.
import { t } from '../../../ui/i18n';

const watched = new WeakSet<Element>();

function name(bar: Element): void {
  for (const field of bar.querySelectorAll<HTMLElement>('.jp-DocumentSearch-input')) {
    if (field.getAttribute('aria-label') !== field.title) field.setAttribute('aria-label', field.title);
  }
  for (const button of bar.querySelectorAll<HTMLElement>('button[title$=")"]')) {
    const title = button.title.replace(/\bCtrl\b/, t('key.ctrl')).replace(/\bShift\b/, t('key.shift'));
    if (button.title !== title) button.title = title;
  }
}

/** Names what the bar shows now and will show while it is open. */
export function nameFindBar(): void {
  const bar = document.querySelector('.jp-DocumentSearch-overlay');
  if (!bar) return;
  name(bar);
  if (watched.has(bar)) return;
  watched.add(bar);
  new MutationObserver(() => name(bar)).observe(bar, { subtree: true, childList: true, attributeFilter: ['title'] });
}
