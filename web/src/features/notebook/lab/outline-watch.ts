// Keeps what the page says about the cells true: table of contents, which cell is chosen, what its editor is called.
import { type Cell, MarkdownCell } from '@jupyterlab/cells';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { type Heading, headingsOf } from '../../../core/outline';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';
import { nameEditor } from './editors';

const pause = 150;
const words = { code: 'cell.codeOf', markdown: 'cell.textOf', raw: 'cell.rawOf' } as const;

function once(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, pause);
  };
}

function labelCells(cells: readonly Cell[]): void {
  for (const [at, cell] of cells.entries()) {
    const label = t(words[cell.model.type as keyof typeof words] ?? words.raw, { at: at + 1, of: cells.length });
    cell.node.setAttribute('role', 'article'); // of the feed that JupyterLab makes of a notebook
    cell.node.setAttribute('aria-label', label);
    if (nameEditor(cell.model, label) && cell.editor instanceof CodeMirrorEditor) cell.editor.editor.dispatch({}); // reads its name anew
  }
}

const isFolded = (cell: Cell) => cell instanceof MarkdownCell && cell.headingCollapsed;

export function watchOutline(page: Page, panel: NotebookPanel): void {
  const notebook = panel.content;
  const headings = () => notebook.widgets.flatMap(cell => (cell.model.type === 'markdown' ? headingsOf(cell.model.sharedModel.getSource(), cell.model.id) : []));
  const same = (before: readonly Heading[], after: readonly Heading[]) => JSON.stringify(before) === JSON.stringify(after);
  const read = () => {
    if (panel.isDisposed) return;
    labelCells(notebook.widgets);
    const found = headings();
    const folded = new Set(notebook.widgets.filter(isFolded).map(cell => cell.model.id));
    const before = page.store.get();
    const cells = notebook.widgets.map(cell => cell.model.id);
    if (cells.join() !== before.cells.join()) page.store.set({ cells });
    if (!same(before.headings, found)) page.store.set({ headings: found });
    if ([...folded].join() !== [...before.folded].join()) page.store.set({ folded });
  };
  const soon = once(read);
  panel.model?.contentChanged.connect(soon);
  notebook.cellCollapsed?.connect(soon);
  notebook.activeCellChanged.connect((_, cell) => page.store.set({ activeCell: headingAbove(notebook.widgets, cell) }));
  read();
}

/** The cell whose heading the chosen cell stands below. */
function headingAbove(cells: readonly Cell[], active: Cell | null): string | null {
  for (let at = active ? cells.indexOf(active) : -1; at >= 0; at--) {
    const cell = cells[at];
    if (cell?.model.type === 'markdown' && headingsOf(cell.model.sharedModel.getSource(), cell.model.id).length > 0) return cell.model.id;
  }
  return null;
}

export async function showHeading(panel: NotebookPanel, heading: Heading): Promise<void> {
  const notebook = panel.content;
  const at = notebook.widgets.findIndex(cell => cell.model.id === heading.cell);
  if (at < 0) return;
  notebook.mode = 'command';
  notebook.activeCellIndex = at;
  notebook.deselectAll();
  await notebook.scrollToItem(at, 'start').catch(() => undefined);
  const cell = notebook.widgets[at];
  cell?.node.querySelectorAll('h1, h2, h3, h4, h5, h6')[heading.nth]?.scrollIntoView({ block: 'start' });
  notebook.activate();
}

export function toggleFold(panel: NotebookPanel, heading: Heading): void {
  const cell = panel.content.widgets.find(each => each.model.id === heading.cell);
  if (cell instanceof MarkdownCell) NotebookActions.setHeadingCollapse(cell, !cell.headingCollapsed, panel.content);
}
