// Makes the notebook's model around our shared document.
import { NotebookModelFactory } from '@jupyterlab/notebook';
import { SharedNotebook } from './shared-notebook';

type Options = Parameters<NotebookModelFactory['createNew']>[0];

/** Undo is for each editor by itself, and for cells together: with one history for both, ydoc 4.2 writes streamed output twice. */
export class PageModelFactory extends NotebookModelFactory {
  constructor() {
    super({ disableDocumentWideUndoRedo: true });
  }

  override createNew(options: Options = {}): ReturnType<NotebookModelFactory['createNew']> {
    const sharedModel = new SharedNotebook({ disableDocumentWideUndoRedo: true });
    const metadata = { kernelspec: { name: '', display_name: '' }, language_info: { name: options.languagePreference ?? '' } };
    sharedModel.fromJSON({ cells: [], nbformat: 4, nbformat_minor: 5, metadata });
    return super.createNew({ ...options, sharedModel });
  }
}
