// Which plugins make the notebook: ours, and JupyterLab's picked one by one. What is not needed for the first cell comes later (plugins-later.ts).
import { JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import markedparser from '@jupyterlab/markedparser-extension';
import mathjax from '@jupyterlab/mathjax-extension';
import { INotebookTracker, NotebookTracker } from '@jupyterlab/notebook';
import { pagePaths } from './app';
import { diagrams } from './diagrams';
import { editors } from './editors';
import { rendering } from './rendering';
import { PageTheme } from './theme';
import { translations } from './translations';

/** A plugin whatever it gives and needs. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JupyterLab's own lists of plugins are typed so
export type AnyPlugin = JupyterFrontEndPlugin<any, any, any>;

const paths: JupyterFrontEndPlugin<JupyterFrontEnd.IPaths> = {
  id: 'allmende:paths', description: 'The addresses of the page.', provides: JupyterFrontEnd.IPaths, activate: pagePaths,
};

const theme: JupyterFrontEndPlugin<IThemeManager> = {
  id: 'allmende:theme', description: 'Tells renderers whether the page is light or dark.', provides: IThemeManager, activate: () => new PageTheme(),
};

const tracker: JupyterFrontEndPlugin<INotebookTracker> = {
  id: 'allmende:tracker', description: 'Knows the open notebook.', provides: INotebookTracker, activate: () => new NotebookTracker({ namespace: 'notebook' }),
};

/** Some packages give one plugin, some a list. */
export const listOf = (plugins: AnyPlugin | readonly AnyPlugin[]): readonly AnyPlugin[] => (Array.isArray(plugins) ? plugins : [plugins as AnyPlugin]);

export const plugins: readonly AnyPlugin[] = [
  paths, translations, theme, tracker, ...editors, ...rendering, ...listOf(markedparser), ...listOf(mathjax), ...diagrams,
];
