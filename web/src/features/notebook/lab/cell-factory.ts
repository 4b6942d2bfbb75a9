// Makes the parts of the notebook's cells: our button in the gutter and our bars between cells, the rest as JupyterLab has it.
import { type CodeCell, type ICellFooter, type ICellHeader, type ICodeCellModel, type IInputPrompt, MarkdownCell } from '@jupyterlab/cells';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { ReadPart } from '../../../core/large-outputs';
import { t } from '../../../ui/i18n';
import { WithAttachments } from './attachments';
import { showLiveOutputs } from './live-outputs';
import { AddAbove, AddBelow, type Insert } from './add-bar';
import { RunButton, type RunDeeds } from './run-button';
import type { Runs } from './runs';
import { Seen } from './when-seen';

interface Parts {
  readonly runs: Runs;
  readonly deeds: RunDeeds;
  readonly insert: Insert;
  /** Reads a large part of an output. */
  readonly readPart: ReadPart;
}

export class CellFactory extends NotebookPanel.ContentFactory {
  readonly #parts: Parts;

  constructor(options: ConstructorParameters<typeof NotebookPanel.ContentFactory>[0], parts: Parts) {
    super(options);
    this.#parts = parts;
  }

  override createInputPrompt(): IInputPrompt {
    return new RunButton(this.#parts.runs, this.#parts.deeds);
  }

  override createCellHeader(): ICellHeader {
    return new AddAbove(this.#parts.insert);
  }

  override createCellFooter(): ICellFooter {
    return new AddBelow(this.#parts.insert);
  }

  /** The field of `input()` is called what it asks. */
  override createStdin(options: Parameters<NotebookPanel.ContentFactory['createStdin']>[0]): ReturnType<NotebookPanel.ContentFactory['createStdin']> {
    const asking = super.createStdin(options);
    asking.node.querySelector('input')?.setAttribute('aria-label', options.prompt.trim() || t('cell.input'));
    return asking;
  }

  override createCodeCell(options: CodeCell.IOptions): CodeCell {
    const seen = new Seen();
    showLiveOutputs(options.model as ICodeCellModel, { read: this.#parts.readPart, seen: seen.soon });
    const cell = super.createCodeCell(options);
    seen.watch(cell.node);
    return cell;
  }

  override createMarkdownCell(options: MarkdownCell.IOptions): MarkdownCell {
    const sanitizer = new WithAttachments(options.rendermime.sanitizer, options.model.attachments);
    const rendermime = options.rendermime.clone({ sanitizer });
    return new MarkdownCell({ ...options, rendermime, emptyPlaceholder: t('cell.emptyText') }).initializeState();
  }
}
