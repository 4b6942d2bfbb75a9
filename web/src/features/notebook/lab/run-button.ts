// The round button in the gutter of a code cell, in place of `[1]:`.
import { Cell, CodeCell, InputPrompt } from '@jupyterlab/cells';
import { Notebook } from '@jupyterlab/notebook';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';
import { canBeStopped, type CellRun, gutterText } from '../../../core/cell-run';
import type { LastRun } from '../../../api/documents';
import { dateTime, duration, t } from '../../../ui/i18n';
import type { Runs } from './runs';

export interface CellPlace {
  readonly cell: Cell;
  readonly notebook: Notebook;
}

/** The cell a widget is part of, and its notebook. */
export function placeOf(widget: Widget): CellPlace | null {
  let cell: Cell | null = null;
  for (let at = widget.parent; at; at = at.parent) {
    if (!cell && at instanceof Cell) cell = at;
    if (at instanceof Notebook) return cell && { cell, notebook: at };
  }
  return null;
}

export interface RunDeeds {
  run(place: CellPlace): void;
  stop(): void;
}

const play = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 7.2v9.6l7.6-4.800z"/></svg>';
const square = '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="8" y="8" width="8" height="8" rx="1"/></svg>';

interface Whose {
  /** Milliseconds. */
  readonly took: number | null;
  /** Somebody else who runs it just now. */
  readonly by: string | null;
  readonly last: LastRun | null;
  readonly isOwn: boolean;
}

function titleOf(run: CellRun, whose: Whose): string {
  const { last, isOwn } = whose;
  const isOver = run.kind === 'done' || run.kind === 'error';
  if (!isOver || last === null) return stateOf(run, whose);
  const said = t(last.runtime_of === last.account ? 'run.by' : 'run.byInOwners', { name: last.by, time: dateTime(new Date(last.ended_at)) });
  const took = Date.parse(last.ended_at) - Date.parse(last.started_at);
  if (isOwn) return `${stateOf(run, { ...whose, took: whose.took ?? took })}. ${said}`;
  return last.runtime_of === last.account ? `${said}. ${t('run.others', { name: last.by })}` : said;
}

function stateOf(run: CellRun, { took, by }: Whose): string {
  switch (run.kind) {
    case 'queued': return by === null ? t('run.queued') : t('run.queuedBy', { name: by });
    case 'running': return by === null ? t('run.stop') : t('run.runningBy', { name: by });
    case 'not-started': return t('run.notStarted', { reason: run.reason });
    case 'error': return t('run.failed');
    case 'done': return run.stale ? t('run.stale') : took === null ? t('run.done') : t('run.doneIn', { time: duration(took / 1000) });
    case 'idle': return t('run.never');
  }
}

export class RunButton extends InputPrompt {
  readonly #runs: Runs;
  readonly #button = document.createElement('button');
  readonly #count = document.createElement('span');
  readonly #icon = document.createElement('span');
  readonly #clock = document.createElement('span');
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor(runs: Runs, deeds: RunDeeds) {
    super();
    this.#runs = runs;
    this.addClass('al-run');
    this.#button.type = 'button';
    this.#count.className = 'al-run-count';
    this.#icon.className = 'al-run-icon';
    this.#clock.className = 'al-run-clock';
    this.#button.append(this.#count, this.#icon);
    this.node.replaceChildren(this.#button, this.#clock);
    this.#button.addEventListener('click', () => {
      const place = placeOf(this);
      if (!place || !(place.cell instanceof CodeCell)) return;
      if (canBeStopped(this.#runs.runOf(place.cell.model))) deeds.stop();
      else deeds.run(place);
    });
  }

  // The cell tells its prompt the count; what is drawn is decided from all that is known of the run.
  override get executionCount(): string | null {
    return super.executionCount;
  }

  override set executionCount(_count: string | null) {
    this.#draw();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    const cell = placeOf(this)?.cell;
    if (!(cell instanceof CodeCell)) {
      this.#button.hidden = true;
      return;
    }
    this.#runs.changed.connect(this.#onRun, this);
    cell.model.stateChanged.connect(this.#draw, this);
    cell.model.outputs.changed.connect(this.#draw, this);
    this.#draw();
  }

  protected override onBeforeDetach(message: Message): void {
    super.onBeforeDetach(message);
    this.#tick(null);
    this.#runs.changed.disconnect(this.#onRun, this);
    const cell = placeOf(this)?.cell;
    if (!(cell instanceof CodeCell) || cell.model.isDisposed) return;
    cell.model.stateChanged.disconnect(this.#draw, this);
    cell.model.outputs.changed.disconnect(this.#draw, this);
  }

  #onRun(_sender: Runs, model: unknown): void {
    const cell = placeOf(this)?.cell;
    if (model === null || model === cell?.model) this.#draw();
  }

  #draw(): void {
    if (!this.#button || this.isDisposed) return; // the constructor of InputPrompt sets a count before there is a button
    const cell = placeOf(this)?.cell;
    if (!(cell instanceof CodeCell) || cell.model.isDisposed) return;
    const run = this.#runs.runOf(cell.model);
    const stale = (run.kind === 'done' || run.kind === 'error') && run.stale;
    const drawn = `${run.kind}${stale ? ' stale' : ''} ${gutterText(run)}`;
    const title = titleOf(run, { took: this.#runs.durationOf(cell.model), by: this.#runs.runnerOf(cell.model), last: this.#runs.lastOf(cell.model), isOwn: this.#runs.isOwn(this.#runs.lastOf(cell.model)) });
    if (this.node.dataset['drawn'] === `${drawn} ${title}`) return;
    this.node.dataset['drawn'] = `${drawn} ${title}`;
    this.node.dataset['run'] = run.kind;
    this.node.dataset['stale'] = String(stale);
    this.#count.textContent = gutterText(run);
    this.#icon.innerHTML = canBeStopped(run) ? square : play;
    this.#button.title = title;
    this.#button.setAttribute('aria-label', canBeStopped(run) ? title : `${/\d/.test(gutterText(run)) ? `${gutterText(run)} ` : ''}${t('run.cell')}. ${title}`);
    this.#tick(run.kind === 'running' ? run.since : null);
  }

  /** From two seconds on, how long it has run stands below the button. */
  #tick(since: number | null): void {
    clearInterval(this.#ticking);
    this.#clock.textContent = '';
    if (since === null) return;
    const show = () => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      this.#clock.textContent = seconds >= 2 ? duration(seconds) : '';
    };
    show();
    this.#ticking = setInterval(show, 1000);
  }
}
