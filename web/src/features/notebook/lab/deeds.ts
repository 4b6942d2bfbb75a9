// What the page asks of the open notebook beside its commands.
import type { Context } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { notebookAddress } from '../../../api/files';
import { findNameFault } from '../../../core/file-names';
import { joined, nameOf, parentOf } from '../../../core/listing';
import { t } from '../../../ui/i18n';
import type { Deeds, Page } from '../store';
import { showHeading, toggleFold } from './outline-watch';
import type { Saver } from './saver';

interface Around {
  readonly page: Page;
  readonly panel: NotebookPanel;
  readonly context: Context<INotebookModel>;
  readonly saver: Saver;
  readonly contents: Contents.IManager;
}

export function deedsOf({ page, panel, saver, contents }: Around): Deeds {
  const rename = async (name: string): Promise<string | null> => {
    const { path } = page.state;
    const fault = findNameFault(name, new Set());
    if (fault) return t(`name.${fault}`);
    if (name === nameOf(path)) return null;
    const next = joined(parentOf(path), name);
    try {
      await saver.alone(async () => {
        await contents.rename(path, next); // the document and its session hear of it from there
        page.store.set({ path: next });
        history.replaceState(null, '', notebookAddress(next));
      });
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
    toggleFold: heading => toggleFold(panel, heading),
    focusNotebook: () => panel.content.activate(),
    mayLose: () => saver.mayLose(),
  };
}
