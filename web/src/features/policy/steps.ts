// The steps of the ladder, in words.
import { t } from '../../ui/i18n';

const order = ['log', 'notice', 'warning', 'throttle', 'stop', 'hold'];

/** "Notice 3, Stopped 1"; empty when none was taken. */
export function stepsInWords(steps: Readonly<Record<string, unknown>>): string {
  return order.filter(step => steps[step]).map(step => `${t(`decision.step.${step}`)} ${String(steps[step])}`).join(', ');
}
