// Brings the notebook onto the page: builds the application, opens the document, and ties what happens in it to what the page shows.
import './styles';
import { setCellExecutor, INotebookTracker, type NotebookPanel, NotebookWidgetFactory, StaticNotebook } from '@jupyterlab/notebook';
import { MarkdownCell } from '@jupyterlab/cells';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { Context } from '@jupyterlab/docregistry';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator } from '@jupyterlab/translation';
import { signalToPromise } from '@jupyterlab/coreutils';
import { Signal } from '@lumino/signaling';
import { shownNotebook } from '../../../api/config';
import { readOutput } from '../../../api/documents';
import { nameOf } from '../../../core/listing';
import { cellOf } from '../../../core/notebook-address';
import { RoomLink } from '../../../core/room-link';
import type { ReadNotebook } from '../read-notebook';
import type { Page } from '../store';
import { watchRuntime } from '../watch-runtime';
import { announceRuns } from './announce';
import { App, pageServices } from './app';
import { Away } from './away';
import { cellCommands, edit, insertCell } from './cell-commands';
import { Comments } from './comments';
import { CellFactory } from './cell-factory';
import { showCellToolbar } from './cell-toolbar';
import { deedsOf, movedTo } from './deeds';
import { Executor } from './executor';
import { bindKeys, commandName, PrefixKeys } from './keys';
import { KernelSession } from './kernel-session';
import { keepMetadata } from './kernel-metadata';
import { ChangesKeeper } from './kept-changes';
import { joinRoom } from './join-room';
import { LiveRuns } from './live-runs';
import { PageModelFactory } from './model-factory';
import { watchOutline } from './outline-watch';
import { pageCommands } from './page-commands';
import { type AnyPlugin, plugins } from './plugins';
import { follow } from './preferences';
import { Presence } from './presence';
import { Resume } from './resume';
import { hearOfSharing, onlyRead, readOnlyEditors } from './reading';
import { Runs } from './runs';
import { Saver } from './saver';
import { SharedNotebook } from './shared-notebook';
import { commandIds, isEnabled } from '../../../core/notebook-commands';

/** Above this many cells only those in sight are drawn. */
const manyCells = 200;

export interface Start {
  readonly page: Page;
  readonly host: HTMLElement;
  readonly read: ReadNotebook;
  readonly mimeExtensions: readonly IRenderMime.IExtensionModule[];
  readonly plugins: readonly AnyPlugin[];
}

async function activate(app: App, list: readonly AnyPlugin[]): Promise<void> {
  for (const each of list) app.registerPlugin(each);
  await Promise.all(list.filter(each => each.autoStart).map(each => app.activatePlugin(each.id)));
}

export async function startNotebook({ page, host, read, mimeExtensions, plugins: outputPlugins }: Start): Promise<void> {
  const shared = new SharedNotebook({ disableDocumentWideUndoRedo: true });
  const link = new RoomLink(shared.ydoc, joinRoom(page, read.room), shared.awareness);
  link.onlyReads = !page.mayEdit;
  const joined = link.begin();
  joined.catch(() => undefined); // told where it is awaited
  const { manager, sessions, heard, drive } = pageServices({ ...read, content: null, type: 'notebook', format: 'json', mimetype: 'application/x-ipynb+json' }, { isOthers: read.owner !== null, hasAccount: page.state.account !== null });
  shownNotebook.session = () => page.state.path;
  const resume = new Resume(page.state.path, heard);
  const app = new App(manager, mimeExtensions);
  const runs = new Runs(page.state.account?.id ?? null);
  for (const each of plugins) app.registerPlugin(each);
  const [editors, rendermime, tracker, translator] = await Promise.all([
    app.resolveRequiredService(IEditorServices), app.resolveRequiredService(IRenderMimeRegistry), app.resolveRequiredService(INotebookTracker), app.resolveRequiredService(ITranslator),
  ]);
  await app.start({ hostID: host.id });
  await activate(app, outputPlugins); // renderers come before the first cell
  await joined;
  if (shared.cells.length === 0 && page.mayEdit) shared.insertCell(0, { cell_type: 'code', source: '' });
  const contentFactory = new CellFactory({ editorFactory: editors.factoryService.newInlineEditor }, {
    runs,
    deeds: { run: ({ cell, notebook }) => {
      notebook.activeCellIndex = notebook.widgets.indexOf(cell);
      notebook.deselectAll();
      page.run('run-cell');
    }, stop: () => page.run('interrupt') },
    insert: (type, { cell, notebook }, where) => {
      if (!page.mayEdit) return;
      notebook.activeCellIndex = notebook.widgets.indexOf(cell);
      insertCell(notebook, type, where);
    },
    readPart: hash => readOutput(read.room.document, hash),
  });
  const factory = new NotebookWidgetFactory({
    name: 'Notebook', fileTypes: ['notebook'], modelName: 'notebook', defaultFor: ['notebook'], preferKernel: true, canStartKernel: true,
    rendermime, contentFactory, mimeTypeService: editors.mimeTypeService, translator, editorConfig: page.mayEdit ? StaticNotebook.defaultEditorConfig : readOnlyEditors(),
    notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: shared.cells.length > manyCells ? 'full' : 'contentVisibility', scrollPastEnd: false, showHiddenCellsButton: false, disableDocumentWideUndoRedo: true, maxNumberOutputs: 200 },
  });
  const context = new Context({ manager, factory: new PageModelFactory(shared), path: page.state.path, translator, kernelPreference: { shouldStart: false, canStart: true, autoStartDefault: false, shutdownOnDispose: false } });
  const panel = factory.createNew(context);
  Signal.disconnectBetween(context.sessionContext, panel); // its news about the kernel are the page's to tell
  const live = new LiveRuns(page, panel, { link, runs });
  const away: Away = new Away(page, () => {
    void saver.save();
    kernels.tryNow();
  });
  const kernels = new KernelSession(page, context.sessionContext, { runs, away });
  kernels.onKernel = kernel => {
    live.joinedKernel(kernel);
    void keepMetadata(panel, kernel);
  };
  live.onRunning = () => void kernels.join();
  sessions.clientIdOf = kernel => resume.clientIdOf(kernel);
  sessions.onConnect = session => {
    heard.listen(session);
    runs.joined();
  };
  setCellExecutor(new Executor({ runs, live, kernels, isElsewhere: () => page.state.runsIn === 'owner' }));
  const saver = new Saver(page, context.model, { link, keeper: new ChangesKeeper(page.state.account?.id ?? '', () => page.state.path), away });
  await context.initialize(false);
  await show(app, panel, tracker as INotebookTracker & { add(panel: NotebookPanel): Promise<void> });
  const comments = new Comments(page, panel, link);
  link.hearNotices(notice => {
    if (notice.type === 'renamed' && notice['path'] === undefined) page.store.set({ name: String(notice['name']) });
    else if (notice.type === 'renamed' && notice['path'] !== page.state.path) {
      const [from, path] = [page.state.path, String(notice['path'])];
      drive.tellMoved(from, { ...read, path, name: nameOf(path), content: null, type: 'notebook', format: 'json', mimetype: '' });
      movedTo(page, path);
    }
    live.hear(notice);
    saver.hear(notice);
    hearOfSharing(page, link, notice);
    comments.hear(notice);
  });
  const presence = new Presence(page, panel, shared.awareness);
  page.deeds = deedsOf({ page, panel, context, saver, presence, contents: manager.contents, kernels });
  page.put({ ...cellCommands(page, panel, app.commands), ...pageCommands({ page, panel, registry: app.commands, kernels, live, saver }) });
  addCommands(app, page, panel);
  bindKeys(app.commands); // before the rest is loaded: who sees the notebook may press keys
  new PrefixKeys(page, host);
  follow(page, panel);
  watchOutline(page, panel);
  showCellToolbar(page, panel);
  announceRuns(page, panel, runs);
  if (page.state.account) watchRuntime(page);
  if (!page.mayEdit) onlyRead(panel);
  addEventListener('pagehide', () => resume.keep(page.state.path, kernels.kernel));
  await saver.bringBack();
  page.store.set({ opening: { kind: 'open' } });
  performance.mark('notebook-open');
  const { later } = await import('./plugins-later');
  await activate(app, later);
  performance.mark('notebook-ready');
}

/** The page's commands for keys. Those that come with `stay` leave the notebook as it is between cells, as Jupyter's single letters do. */
function addCommands(app: App, page: Page, panel: NotebookPanel): void {
  for (const id of commandIds) {
    app.commands.addCommand(commandName(id), {
      execute: args => {
        if (page.state.dialog !== null && id !== 'save') return; // the dialog has the person's attention
        page.run(id);
        if (args['stay']) panel.content.mode = 'command';
      },
      isEnabled: () => isEnabled(page.state.commands[id]),
    });
  }
}

async function show(app: App, panel: NotebookPanel, tracker: { add(panel: NotebookPanel): Promise<void> }): Promise<void> {
  panel.id = 'notebook-panel';
  panel.toolbar.hide();
  for (const name of ['role', 'aria-label']) panel.content.node.removeAttribute(name); // "main area content", always in English; the page's main part has a name
  await tracker.add(panel);
  app.shell.add(panel, 'main');
  await panel.revealed;
  const wanted = cellOf(location.hash);
  const at = panel.content.widgets.findIndex(cell => cell.model.id === wanted);
  panel.content.activeCellIndex = Math.max(0, at);
  if (at > 0) void panel.content.scrollToItem(at, 'start').catch(() => undefined);
  const first = panel.content.activeCell;
  if (first && !first.inViewport) await signalToPromise(first.inViewportChanged, 1000).catch(() => undefined); // what is not drawn cannot have the focus
  panel.content.node.addEventListener('dblclick', () => {
    const cell = panel.content.activeCell;
    if (cell instanceof MarkdownCell && !cell.rendered) edit(panel.content); // JupyterLab shows the editor, but does not go in
  });
  panel.content.activate();
}
