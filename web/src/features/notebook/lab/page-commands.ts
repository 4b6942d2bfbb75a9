// What is done with the notebook as a whole: running, its kernel, its file, and how the page looks.
import { CodeCell } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import { addressOf } from '../../../api/config';
import { readOutput } from '../../../api/documents';
import { downloadText, drive, notebookAddress } from '../../../api/files';
import { copyDocument } from '../../../api/sharing';
import { parentOf } from '../../../core/listing';
import { wholeNotebook } from '../../../core/large-outputs';
import type { Command, CommandId } from '../../../core/notebook-commands';
import { withComments } from '../../../core/comments';
import { pythonScript } from '../../../core/python-script';
import type { NotebookContent } from '../../../core/notebook-content';
import { t } from '../../../ui/i18n';
import { themeChoice } from '../../../ui/theme';
import { failureWords } from '../../failure';
import { changeTheme } from '../page/SettingsDialog';
import { homeAddress } from '../page/TitleBar';
import type { Page } from '../store';
import { nameFindBar } from './find-bar';
import type { KernelSession } from './kernel-session';
import type { LiveRuns } from './live-runs';
import type { Saver } from './saver';

type Table = Partial<Record<CommandId, Command>>;

export interface Surroundings {
  readonly page: Page;
  readonly panel: NotebookPanel;
  readonly registry: CommandRegistry;
  readonly kernels: KernelSession;
  readonly live: LiveRuns;
  readonly saver: Saver;
}

/** Runs every cell, the chosen one staying chosen; when one fails and nobody went elsewhere meanwhile, it is shown. */
async function runAll({ content: notebook, sessionContext }: NotebookPanel): Promise<void> {
  const before = notebook.activeCellIndex;
  if (await NotebookActions.runCells(notebook, notebook.widgets, sessionContext)) return;
  const failed = notebook.widgets.findIndex(cell => cell instanceof CodeCell && hasError(cell));
  if (failed < 0 || notebook.activeCellIndex !== before) return;
  notebook.activeCellIndex = failed;
  await notebook.scrollToItem(failed, 'smart').catch(() => undefined);
}

function hasError(cell: CodeCell): boolean {
  return cell.model.outputs.toJSON().some(output => output.output_type === 'error');
}

function running({ page, panel, kernels, live }: Surroundings): Table {
  const notebook = panel.content;
  const { sessionContext } = panel;
  const cell = () => notebook.activeCell;
  const isRunning = () => live.isBusy || (page.state.connection.kind === 'ready' && (page.state.connection.busy || page.state.running !== null));
  const alone = (run: () => void) => () => {
    notebook.deselectAll();
    run();
  };
  const onward = () => {
    const from = notebook.activeCellIndex;
    return notebook.widgets.slice(Math.max(0, from));
  };
  return {
    'run-all': { run: alone(() => void runAll(panel)) },
    'run-before': { run: alone(() => void NotebookActions.runCells(notebook, notebook.widgets.slice(0, notebook.activeCellIndex), sessionContext)), isEnabled: () => notebook.activeCellIndex > 0 },
    'run-cell': { run: alone(() => void NotebookActions.run(notebook, sessionContext)), isEnabled: () => cell() !== null },
    'run-selected': { run: () => void NotebookActions.run(notebook, sessionContext) },
    'run-after': { run: alone(() => void NotebookActions.runCells(notebook, onward(), sessionContext)) },
    'run-and-next': { run: () => void NotebookActions.runAndAdvance(notebook, sessionContext) },
    'run-and-insert': { run: () => void NotebookActions.runAndInsert(notebook, sessionContext) },
    interrupt: { run: () => void kernels.interrupt(live.isBusy ? () => live.stop() : null), isEnabled: isRunning },
  };
}

function kernel(around: Surroundings): Table {
  const { page, panel, kernels } = around;
  const has = () => page.state.connection.kind !== 'none' && page.state.connection.kind !== 'ended';
  const ask = (id: 'restart' | 'restart-run-all', text: string, run: () => void) => page.show({ kind: 'confirm', title: t(`${id}.title`), text: t(text), action: t(`command.${id}`), danger: false, run });
  const anew = async () => {
    if (!(await kernels.restart())) return;
    NotebookActions.clearAllOutputs(panel.content);
    await runAll(panel);
  };
  const end = async () => {
    try {
      await page.deeds?.endRuntime();
      page.tell({ text: t('runtime.stopped') });
    } catch (error) {
      page.tell({ text: failureWords(error), tone: 'danger' });
    }
  };
  return {
    restart: { run: () => ask('restart', 'restart.text', () => void kernels.restart()), isEnabled: has },
    'restart-run-all': { run: () => ask('restart-run-all', 'restart-run-all.text', () => void anew()) },
    connect: { run: () => void kernels.ensure(), isEnabled: () => !has() },
    'show-runtime': { run: () => page.store.set({ runtimeShown: true }) },
    'runtime-type': { run: () => page.show({ kind: 'runtime-type' }) },
    'web-apps': { run: () => page.show({ kind: 'web-apps' }) },
    packages: { run: () => page.show({ kind: 'packages' }) },
    'end-runtime': { run: () => page.show({ kind: 'confirm', title: t('end-runtime.title'), text: t('end-runtime.text'), action: t('command.end-runtime'), danger: true, run: () => void end() }), isEnabled: () => page.state.runtime !== null && page.state.runtime.state !== 'stopped' },
  };
}

function file({ page, panel, saver }: Surroundings): Table {
  const path = () => page.state.path;
  const home = () => homeAddress(page.state);
  const attempt = (work: () => Promise<unknown>) => void work().catch((error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
  const content = () => (panel.model?.toJSON() ?? { cells: [] }) as unknown as NotebookContent;
  const downloadWhole = (change: (notebook: NotebookContent) => NotebookContent = notebook => notebook) => attempt(async () => {
    const document = saver.document;
    const notebook = document === null ? content() : await wholeNotebook(content(), hash => readOutput(document, hash));
    downloadText(page.state.name, JSON.stringify(change(notebook), null, 1), 'application/x-ipynb+json');
  });
  const save = async () => {
    if (await saver.save()) page.say(t('save.saved'));
  };
  const duplicate = async (outputs: boolean) => {
    await saver.save();
    const { document } = saver;
    if (document === null) return;
    const copy = page.state.owner || !outputs ? await copyDocument(document, outputs) : await drive.copy(path(), parentOf(path()));
    page.tell({ text: t('file.duplicated', { name: copy.name }), action: { label: t('conflict.open'), run: () => void open(notebookAddress(copy.path), '_blank', 'noopener') } });
  };
  const trash = async () => {
    await saver.save();
    await drive.remove(path());
    saver.close();
    location.assign(home());
  };
  const make = async () => {
    const made = await drive.makeNotebook(page.state.owner ? '' : parentOf(path()));
    open(notebookAddress(made.path), '_blank', 'noopener');
  };
  return {
    save: { run: () => void save() },
    history: { run: () => page.show({ kind: 'history' }) },
    rename: { run: () => page.show({ kind: 'rename' }) },
    share: { run: () => page.show({ kind: 'share' }) },
    duplicate: { run: () => attempt(() => duplicate(true)) },
    'copy-without-outputs': { run: () => attempt(() => duplicate(false)) },
    'move-to-trash': { run: () => page.show({ kind: 'confirm', title: t('trash.title', { name: page.state.name }), text: t('trash.text'), action: t('command.move-to-trash'), danger: true, run: () => attempt(trash) }) },
    'new-notebook': { run: () => attempt(make) },
    open: { run: () => location.assign(home()) },
    download: { run: () => downloadWhole() },
    'download-python': { run: () => downloadText(page.state.name.replace(/\.ipynb$/, '.py'), pythonScript(content()), 'text/x-python') },
    'download-with-comments': { run: () => downloadWhole(notebook => withComments(notebook, page.state.comments ?? [])), isEnabled: () => (page.state.comments?.length ?? 0) > 0 },
    print: { run: () => print() },
  };
}

function looking({ page, panel, registry }: Surroundings): Table {
  const theme = (id: 'system' | 'light' | 'dark'): Command => ({ run: () => changeTheme(page, id), isChosen: () => themeChoice() === id });
  const find = (command: string) => () => void registry.execute(command).then(() => requestAnimationFrame(nameFindBar)).catch(console.error);
  return {
    find: { run: find('documentsearch:start') },
    replace: { run: find('documentsearch:startWithReplace') },
    'panel-contents': { run: () => page.togglePanel('contents'), isChosen: () => page.state.panel === 'contents' },
    'panel-files': { run: () => page.togglePanel('files'), isChosen: () => page.state.panel === 'files' },
    'panel-comments': { run: () => page.togglePanel('comments'), isChosen: () => page.state.panel === 'comments' },
    comment: { run: () => {
      page.open('comments');
      page.store.set({ commenting: panel.content.activeCell?.model.id ?? null });
    } },
    'line-numbers': { run: () => page.prefer({ lineNumbers: !page.state.preferences.lineNumbers }), isChosen: () => page.state.preferences.lineNumbers },
    'theme-system': theme('system'), 'theme-light': theme('light'), 'theme-dark': theme('dark'),
    palette: { run: () => page.show({ kind: 'palette' }) },
    shortcuts: { run: () => page.show({ kind: 'shortcuts' }) },
    settings: { run: () => page.show({ kind: 'settings' }) },
    about: { run: () => page.show({ kind: 'about' }) },
    'api-docs': { run: () => void open(addressOf('api/openapi.json'), '_blank', 'noopener') },
  };
}

export const pageCommands = (around: Surroundings): Table => ({ ...running(around), ...kernel(around), ...file(around), ...looking(around) });

