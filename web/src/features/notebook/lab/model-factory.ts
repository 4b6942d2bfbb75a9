// Makes the notebook's model around the live document.
import { NotebookModel, NotebookModelFactory } from '@jupyterlab/notebook';
import type { SharedNotebook } from './shared-notebook';

/** Undo is for each editor by itself, and for cells together: with one history for both, ydoc 4.2 writes streamed output twice. */
export class PageModelFactory extends NotebookModelFactory {
  readonly #shared: SharedNotebook;

  constructor(shared: SharedNotebook) {
    super({ disableDocumentWideUndoRedo: true });
    this.#shared = shared;
  }

  override createNew(): NotebookModel {
    return new NotebookModel({ sharedModel: this.#shared, collaborationEnabled: true, disableDocumentWideUndoRedo: true });
  }
}
