// What the page asks of the open notebook beside its commands.
import type { Context } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { readOutput } from '../../../api/documents';
import { notebookAddress } from '../../../api/files';
import { deleteRuntime, useRuntime } from '../../../api/runtimes';
import { wholeNotebook } from '../../../core/large-outputs';
import { findNameFault } from '../../../core/file-names';
import { joined, nameOf, parentOf } from '../../../core/listing';
import type { NotebookContent } from '../../../core/notebook-content';
import { t } from '../../../ui/i18n';
import type { Deeds, Page } from '../store';
import type { KernelSession } from './kernel-session';
import { showHeading, toggleFold } from './outline-watch';
import type { Presence } from './presence';
import type { Saver } from './saver';

interface Around {
  readonly page: Page;
  readonly panel: NotebookPanel;
  readonly context: Context<INotebookModel>;
  readonly saver: Saver;
  readonly presence: Presence;
  readonly contents: Contents.IManager;
  readonly kernels: KernelSession;
}

async function showCell({ content: notebook }: NotebookPanel, id: string): Promise<void> {
  const at = notebook.widgets.findIndex(cell => cell.model.id === id);
  if (at < 0) return;
  notebook.activeCellIndex = at;
  notebook.deselectAll();
  await notebook.scrollToItem(at, 'smart').catch(() => undefined);
  notebook.activate();
}

/** The notebook has another path now. */
export function movedTo(page: Page, path: string): void {
  page.store.set({ path, name: nameOf(path) });
  history.replaceState(null, '', notebookAddress(path));
}

export function deedsOf({ page, panel, saver, presence, contents, kernels }: Around): Deeds {
  const rename = async (name: string): Promise<string | null> => {
    const { path } = page.state;
    const fault = findNameFault(name, new Set());
    if (fault) return t(`name.${fault}`);
    if (name === nameOf(path)) return null;
    const next = joined(parentOf(path), name);
    try {
      await contents.rename(path, next); // the document and its session hear of it from there
      movedTo(page, next);
      page.say(t('file.renamed', { name }));
      return null;
    } catch (error) {
      const status = error instanceof Error ? (Reflect.get(error, 'response') as Response | undefined)?.status : undefined;
      return status === 409 ? t('name.taken') : error instanceof Error ? error.message : String(error);
    }
  };
  return {
    rename,
    showHeading: heading => void showHeading(panel, heading),
    showCell: id => void showCell(panel, id),
    toggleFold: heading => toggleFold(panel, heading),
    follow: client => presence.follow(client),
    history: () => {
      const document = saver.document;
      return document === null ? null : { document, current: () => wholeNotebook(panel.model?.toJSON() as unknown as NotebookContent, hash => readOutput(document, hash)) };
    },
    document: () => saver.document,
    focusNotebook: () => panel.content.activate(),
    useRuntime: async name => {
      if (kernels.kernel) await kernels.leave();
      await useRuntime(page.state.path, name);
      page.store.set({ runtime: null });
    },
    endRuntime: async () => {
      const { runtime } = page.state;
      await kernels.leave();
      if (runtime) await deleteRuntime(runtime.id);
      page.store.set({ runtime: null });
    },
    mayLose: () => saver.mayLose(),
  };
}
