// Suggestions in the editor, from the kernel and from what is written already; the help for what stands at the cursor.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISanitizer } from '@jupyterlab/apputils';
import { CompletionProviderManager, ContextCompleterProvider, ICompletionProviderManager, KernelCompleterProvider } from '@jupyterlab/completer';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';

const completer: JupyterFrontEndPlugin<ICompletionProviderManager> = {
  id: 'allmende:completer',
  description: 'Suggests how a word may go on.',
  autoStart: true,
  requires: [INotebookTracker, ISanitizer],
  provides: ICompletionProviderManager,
  activate: (app, tracker: INotebookTracker, sanitizer: ISanitizer) => {
    const manager = new CompletionProviderManager();
    const providers = [new ContextCompleterProvider(), new KernelCompleterProvider()];
    for (const each of providers) manager.registerProvider(each);
    manager.setTimeout(2000);
    manager.setShowDocumentationPanel(true);
    manager.activateProvider(providers.map(each => each.identifier));
    const update = async (panel: NotebookPanel) => {
      const cell = panel.content.activeCell;
      await cell?.ready;
      if (!panel.isDisposed) await manager.updateCompleter({ editor: cell?.editor ?? null, session: panel.sessionContext.session, widget: panel, sanitizer });
    };
    tracker.widgetAdded.connect((_, panel) => {
      const renew = () => void update(panel).catch(console.error);
      panel.content.activeCellChanged.connect(renew);
      panel.sessionContext.sessionChanged.connect(renew);
      renew();
    });
    app.commands.addCommand('completer:invoke', { execute: () => tracker.currentWidget && manager.invoke(tracker.currentWidget.id) });
    app.commands.addCommand('completer:select', { execute: () => tracker.currentWidget && manager.select(tracker.currentWidget.id) });
    app.commands.addKeyBinding({ command: 'completer:select', keys: ['Enter'], selector: '.jp-Notebook .jp-mod-completer-active' });
    return manager;
  },
};

export const completing = [completer];
