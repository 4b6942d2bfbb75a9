// Cells that are cut or copied here can be pasted here and in every other tab of this browser, with their outputs. JupyterLab's own clipboard is one
// tab's; the system's asks for a permission, and is not there without HTTPS.
import { Clipboard } from '@jupyterlab/apputils';
import { type Notebook, NotebookActions } from '@jupyterlab/notebook';
import { adoptOutputs } from '../../../api/documents';
import { copiedKey, hashesOf, readCopied } from '../../../core/copied-cells';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';

/** JupyterLab's name for cells. */
const cellsType = 'application/vnd.jupyter.cells';

export class CellsClipboard {
  readonly #page: Page;
  readonly #notebook: Notebook;
  /** The copy that JupyterLab's clipboard has. */
  #has = '';

  constructor(page: Page, notebook: Notebook) {
    this.#page = page;
    this.#notebook = notebook;
  }

  copy(): void {
    NotebookActions.copy(this.#notebook);
    this.#keep();
  }

  cut(): void {
    NotebookActions.cut(this.#notebook);
    this.#keep();
  }

  /** What was cut or copied last, here or in another tab. */
  paste(): void {
    const copied = readCopied(localStorage.getItem(copiedKey), this.#account);
    const document = this.#page.deeds?.document();
    if (copied === null || copied.id === this.#has) return NotebookActions.paste(this.#notebook, 'below');
    const paste = () => {
      Clipboard.getInstance().setData(cellsType, copied.cells);
      this.#has = copied.id;
      this.#notebook.lastClipboardInteraction = 'copy'; // a cut would keep the cells' ids, which are another notebook's
      NotebookActions.paste(this.#notebook, 'below');
    };
    const hashes = hashesOf(copied.cells);
    if (!document || document === copied.document || hashes.length === 0) return paste();
    adoptOutputs(document, copied.document, hashes)
      .catch(() => this.#page.tell({ text: t('cell.outputsLeft'), tone: 'danger' }))
      .finally(paste);
  }

  get #account(): string {
    return this.#page.state.account?.id ?? '';
  }

  #keep(): void {
    this.#has = crypto.getRandomValues(new Uint32Array(4)).join('-');
    const document = this.#page.deeds?.document() ?? '';
    try {
      localStorage.setItem(copiedKey, JSON.stringify({ id: this.#has, account: this.#account, document, cells: Clipboard.getInstance().getData(cellsType) as unknown }));
    } catch { // there is room for some megabytes
      localStorage.removeItem(copiedKey);
      this.#page.tell({ text: t('cell.copiedHereAlone') });
    }
  }
}
