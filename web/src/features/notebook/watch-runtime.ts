// Keeps what the page says about the runtime true while somebody looks at it.
import { addressOf } from '../../api/config';
import { keepRuntime, listRuntimes } from '../../api/runtimes';
import { comingEnd, coresBetween, currentRuntime, type RuntimeView } from '../../core/runtime-state';
import { inLanguage, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import type { Page } from './store';

const often = 3000;
const calm = 15_000;

export function watchRuntime(page: Page): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before: { at: number; usedSeconds: number; id: string } | null = null;
  const look = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') {
      const runtime = await listRuntimes(page.state.path).then(currentRuntime, () => undefined); // away: what is shown stays
      if (runtime !== undefined) {
        const now = runtime?.cpu ? { at: Date.now(), usedSeconds: runtime.cpu.usedSeconds, id: runtime.id } : null;
        page.store.set({ runtime, cores: before && now && before.id === now.id ? coresBetween(before, now) : null });
        before = now;
        announceEnd(page, runtime, look);
        announceDecision(page, runtime);
      }
    }
    const { connection, runtimeShown } = page.state;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), runtimeShown || connection.kind === 'starting' || (connection.kind === 'ready' && connection.busy) ? often : calm);
  };
  let kind = page.state.connection.kind;
  let shown = page.state.runtimeShown;
  page.store.subscribe(() => {
    const { connection, runtimeShown } = page.state;
    if (kind === connection.kind && shown === runtimeShown) return;
    kind = connection.kind;
    shown = runtimeShown;
    void look();
  });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void look());
  void look();
}

let announced: string | null = null;

/** A bar that says which rule was applied, what was seen, and where more is. Closed, it comes back with the next decision. */
function announceDecision(page: Page, runtime: RuntimeView | null): void {
  const decision = runtime?.decisions[0];
  if (!decision) {
    announced = null;
    return page.lower('policy');
  }
  if (announced === decision.id) return;
  announced = decision.id;
  const seen = decision.seen.map(each => inLanguage(each, 'says')).join(' ');
  const what = decision.step === 'throttle' ? `policy.throttle.${decision.throttle ?? 'cpu'}` : `policy.${decision.step === 'restrict' && decision.endsAt === null ? 'proposed' : decision.step}`;
  const text = t(what, { title: inLanguage(decision, 'title'), seen });
  const more = () => void window.open(`${addressOf('decisions')}#${decision.id}`, '_blank', 'noopener');
  page.say(text);
  page.raise({ id: 'policy', tone: decision.step === 'notice' || decision.step === 'warning' ? 'warn' : 'danger', text, actions: [{ label: t('policy.more'), run: more }], canClose: true });
}

/** A bar that counts down to an end that is near, with what can be done about it. */
function announceEnd(page: Page, runtime: RuntimeView | null, look: () => Promise<void>): void {
  const end = comingEnd(runtime, Date.now());
  if (!runtime || !end) return page.lower('ending');
  const keep = () => void keepRuntime(runtime.id).then(look, (error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
  const actions = end.kind === 'idle' || end.kind === 'needed' ? [{ label: t('ending.keep'), run: keep }] : [];
  if (!page.state.banners.some(({ id }) => id === 'ending')) page.say(t(`ending.${end.kind}`, { left: '' }));
  // {{left}} is filled in by the bar, which counts down.
  page.raise({ id: 'ending', tone: 'warn', text: t(`ending.${end.kind}`, { left: '{{left}}' }), until: end.at, actions, canClose: false });
}
