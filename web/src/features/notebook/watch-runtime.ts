// Keeps what the page says about the runtime true while somebody looks at it.
import { listRuntimes } from '../../api/runtimes';
import { coresBetween, currentRuntime } from '../../core/runtime-state';
import type { Page } from './store';

const often = 3000;
const calm = 15_000;

export function watchRuntime(page: Page): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before: { at: number; usedSeconds: number; id: string } | null = null;
  const look = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') {
      const runtime = await listRuntimes().then(currentRuntime, () => undefined); // away: what is shown stays
      if (runtime !== undefined) {
        const now = runtime?.cpu ? { at: Date.now(), usedSeconds: runtime.cpu.usedSeconds, id: runtime.id } : null;
        page.store.set({ runtime, cores: before && now && before.id === now.id ? coresBetween(before, now) : null });
        before = now;
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
