// Line numbers, wrapping and the size of code, as the person wants them.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Page } from '../store';

export function follow(page: Page, panel: NotebookPanel): void {
  let last = '';
  const apply = () => {
    const { preferences } = page.store.get();
    const { lineNumbers, wrapLines, codeSize } = preferences;
    if (last === JSON.stringify(preferences)) return;
    last = JSON.stringify(preferences);
    document.documentElement.style.setProperty('--al-code-size', `${codeSize}px`);
    const { editorConfig } = panel.content;
    panel.content.editorConfig = { ...editorConfig, code: { ...editorConfig.code, lineNumbers, lineWrap: wrapLines } };
  };
  page.store.subscribe(apply);
  apply();
}
