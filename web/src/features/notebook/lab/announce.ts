// Tells what runs: to the line at the foot, to the title while several cells wait, to screen readers, and to who looked elsewhere.
import { CodeCell, type ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { duration, t } from '../../../ui/i18n';
import type { Page } from '../store';
import type { Runs } from './runs';

const atMostEach = 1000;

/** Says the newest of what there is to say, once a second. */
function paced(say: (text: string) => void): (text: string) => void {
  let next = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  return text => {
    next = text;
    if (timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      last = Date.now();
      say(next);
    }, Math.max(0, last + atMostEach - Date.now()));
  };
}

export function announceRuns(page: Page, panel: NotebookPanel, runs: Runs): void {
  const say = paced(text => page.say(text));
  const out = new Set<ICodeCellModel>();
  let all = 0;
  const numberOf = (model: ICodeCellModel) => panel.content.widgets.findIndex(cell => cell.model === model) + 1;
  const draw = () => {
    const now = [...out].map(model => ({ model, run: runs.runOf(model) })).find(each => each.run.kind === 'running');
    page.store.set({
      running: now && now.run.kind === 'running' ? { cell: numberOf(now.model), since: now.run.since } : null,
      progress: all > 1 && out.size > 0 ? { done: all - out.size, all } : null,
    });
  };
  runs.changed.connect((_, model) => {
    if (!model) return;
    const run = runs.runOf(model);
    const isOut = run.kind === 'queued' || run.kind === 'running';
    if (isOut && !out.has(model)) {
      out.add(model);
      all += 1;
    } else if (!isOut && out.delete(model)) {
      const took = runs.durationOf(model);
      const cell = numberOf(model);
      if (run.kind === 'error') say(t('say.failed', { cell, error: errorOf(model) }));
      else if (run.kind === 'done') say(took === null ? t('say.done', { cell }) : t('say.doneIn', { cell, time: duration(took / 1000) }));
      if (out.size === 0) all = 0;
    } else if (run.kind === 'running') say(t('say.running', { cell: numberOf(model) }));
    draw();
  });
  NotebookActions.executed.connect((_, { notebook, cell }) => {
    if (notebook === panel.content && cell instanceof CodeCell) draw();
  });
}

function errorOf(model: ICodeCellModel): string {
  for (let at = 0; at < model.outputs.length; at++) {
    const output = model.outputs.get(at).toJSON();
    if (output.output_type === 'error') return String(output['ename'] ?? '');
  }
  return '';
}
