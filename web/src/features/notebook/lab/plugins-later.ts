// What the notebook gains once its cells are on screen: suggestions, help at the cursor, find and replace.
import documentsearch from '@jupyterlab/documentsearch-extension';
import { type ISearchProviderFactory, ISearchProviderRegistry } from '@jupyterlab/documentsearch';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { NotebookSearchProvider } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import tooltip from '@jupyterlab/tooltip-extension';
import { completing } from './completing';
import { type AnyPlugin, listOf } from './plugins';

const notebookSearch: JupyterFrontEndPlugin<void> = {
  id: 'allmende:search', description: 'Finds in notebooks.', autoStart: true, requires: [ISearchProviderRegistry],
  activate: (_app, registry: ISearchProviderRegistry) => {
    registry.add('notebook', NotebookSearchProvider as unknown as ISearchProviderFactory<Widget>);
  },
};

export const later: readonly AnyPlugin[] = [
  ...completing,
  ...listOf(documentsearch).filter(each => each.id === '@jupyterlab/documentsearch-extension:plugin'),
  notebookSearch,
  ...listOf(tooltip).filter(each => each.id === '@jupyterlab/tooltip-extension:manager' || each.id === '@jupyterlab/tooltip-extension:notebooks'),
];
