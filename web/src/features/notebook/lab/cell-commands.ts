// What is done to cells, each deed by JupyterLab's own action.
import type { YNotebook } from '@jupyter/ydoc';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import { CodeCell } from '@jupyterlab/cells';
import type { CommandRegistry } from '@lumino/commands';
import type { Command, CommandId } from '../../../core/notebook-commands';
import { notebookAddress } from '../../../api/files';
import { sharedAddress } from '../../../api/sharing';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';
import { CellsClipboard } from './cells-clipboard';

type Table = Partial<Record<CommandId, Command>>;

export function insertCell(notebook: Notebook, type: 'code' | 'markdown', where: 'above' | 'below'): void {
  if (where === 'above') NotebookActions.insertAbove(notebook);
  else NotebookActions.insertBelow(notebook);
  if (type === 'markdown') NotebookActions.changeCellType(notebook, 'markdown');
  edit(notebook);
}

/** Writing begins in the chosen cell, as soon as it has its editor. */
export function edit(notebook: Notebook): void {
  const cell = notebook.activeCell;
  notebook.mode = 'edit';
  void cell?.ready.then(() => {
    if (notebook.mode === 'edit' && notebook.activeCell === cell) cell.editor?.focus();
  });
}

const chosen = (notebook: Notebook) => notebook.widgets.filter(cell => notebook.isSelectedOrActive(cell));

function toggleCode(notebook: Notebook): void {
  if (chosen(notebook).some(cell => !cell.inputHidden)) NotebookActions.hideCode(notebook);
  else NotebookActions.showCode(notebook);
}

/** The address of the chosen cell, in the clipboard. */
function copyLink(page: Page, notebook: Notebook): void {
  const id = notebook.activeCell?.model.id;
  if (!id) return;
  const document = page.deeds?.document();
  const address = `${new URL(document ? sharedAddress(document) : notebookAddress(page.state.path), location.origin).href}#cell=${encodeURIComponent(id)}`;
  navigator.clipboard.writeText(address).then(() => page.tell({ text: t('cell.linkCopied') }), () => page.tell({ text: t('cell.linkNotCopied', { address }), tone: 'danger' }));
}

function editing(page: Page, notebook: Notebook): Table {
  const clipboard = new CellsClipboard(page, notebook);
  const several = () => chosen(notebook).length > 1;
  const hasBelow = () => notebook.activeCellIndex < notebook.widgets.length - 1;
  const shared = () => notebook.model?.sharedModel;
  return {
    undo: { run: () => NotebookActions.undo(notebook), isEnabled: () => shared()?.canUndo() ?? false },
    redo: { run: () => NotebookActions.redo(notebook), isEnabled: () => shared()?.canRedo() ?? false },
    cut: { run: () => clipboard.cut() },
    copy: { run: () => clipboard.copy() },
    paste: { run: () => clipboard.paste() },
    'duplicate-cell': { run: () => NotebookActions.duplicate(notebook, 'belowSelected') },
    delete: { run: () => NotebookActions.deleteCells(notebook) },
    'select-all': { run: () => NotebookActions.selectAll(notebook) },
    split: { run: () => NotebookActions.splitCell(notebook) },
    merge: { run: () => NotebookActions.mergeCells(notebook), isEnabled: () => several() || hasBelow() },
    'to-code': { run: () => NotebookActions.changeCellType(notebook, 'code') },
    'to-text': { run: () => NotebookActions.changeCellType(notebook, 'markdown') },
    'to-raw': { run: () => NotebookActions.changeCellType(notebook, 'raw') },
    'clear-output': { run: () => NotebookActions.clearOutputs(notebook) },
    'clear-all-outputs': { run: () => NotebookActions.clearAllOutputs(notebook) },
    'insert-code': { run: () => insertCell(notebook, 'code', 'below') },
    'insert-text': { run: () => insertCell(notebook, 'markdown', 'below') },
    'insert-code-above': { run: () => insertCell(notebook, 'code', 'above') },
    'insert-text-above': { run: () => insertCell(notebook, 'markdown', 'above') },
    'move-up': { run: () => NotebookActions.moveUp(notebook) },
    'move-down': { run: () => NotebookActions.moveDown(notebook) },
  };
}

function moving(notebook: Notebook, registry: CommandRegistry): Table {
  const table: Table = {
    previous: { run: () => NotebookActions.selectAbove(notebook) },
    next: { run: () => NotebookActions.selectBelow(notebook) },
    'extend-up': { run: () => void NotebookActions.extendSelectionAbove(notebook) },
    'extend-down': { run: () => void NotebookActions.extendSelectionBelow(notebook) },
    'extend-top': { run: () => void NotebookActions.extendSelectionAbove(notebook, true) },
    'extend-bottom': { run: () => void NotebookActions.extendSelectionBelow(notebook, true) },
    edit: { run: () => edit(notebook) },
    'leave-editor': { run: () => {
      notebook.mode = 'command';
    } },
    complete: { run: () => void registry.execute('completer:invoke').catch(console.error), isEnabled: () => notebook.activeCell instanceof CodeCell },
    inspect: { run: () => void registry.execute('tooltip:launch-notebook').catch(console.error) },
  };
  for (const level of [1, 2, 3, 4, 5, 6] as const) table[`heading-${level}`] = { run: () => NotebookActions.setMarkdownHeader(notebook, level) };
  return table;
}

/** Each deed is undone by itself, however soon it follows another: the document would join what is done within half a second. */
function oneByOne(notebook: Notebook, table: Table): Table {
  const alone = (command: Command): Command => ({
    ...command,
    run: () => {
      (notebook.model?.sharedModel as YNotebook | undefined)?.undoManager.stopCapturing();
      return command.run();
    },
  });
  return Object.fromEntries(Object.entries(table).map(([id, command]) => [id, alone(command)]));
}

export function cellCommands(page: Page, panel: NotebookPanel, registry: CommandRegistry): Table {
  const notebook = panel.content;
  return {
    ...oneByOne(notebook, editing(page, notebook)), ...moving(notebook, registry),
    'toggle-code': { run: () => toggleCode(notebook) },
    'toggle-output': { run: () => NotebookActions.toggleOutput(notebook) },
    'fold-sections': { run: () => NotebookActions.collapseAllHeadings(notebook) },
    'unfold-sections': { run: () => NotebookActions.expandAllHeadings(notebook) },
    'copy-link': { run: () => copyLink(page, notebook) },
  };
}

