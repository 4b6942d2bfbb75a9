// The steps of the ladder, in words.
import type { Decision } from '../../api/schema';
import { t } from '../../ui/i18n';

const order = ['log', 'notice', 'warning', 'throttle', 'stop', 'hold', 'restrict'];

/** "Notice 3, Stopped 1"; empty when none was taken. */
export function stepsInWords(steps: Readonly<Record<string, unknown>>): string {
  return order.filter(step => steps[step]).map(step => `${t(`decision.step.${step}`)} ${String(steps[step])}`).join(', ');
}

/** The step of a decision; a restriction that nobody has confirmed is proposed. */
export function stepName({ step, ends_at, ended_at }: Decision): string {
  return t(`decision.step.${step === 'restrict' && !ends_at && !ended_at ? 'proposed' : step}`);
}
