// Keeps what the page says about the person's runtime true while somebody looks at it.
import { runningNotebooks } from '../../api/home';
import { listRuntimes } from '../../api/runtimes';
import { currentRuntime } from '../../core/runtime-state';
import type { HomeStore } from './home-store';

const calm = 15_000;
const changing = 2_000;

export function watchRuntime(store: HomeStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const look = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') {
      const runtime = await listRuntimes().then(currentRuntime, () => null);
      const running = runtime?.state === 'ready' ? await runningNotebooks().catch(() => new Map<string, 'busy' | 'idle'>()) : new Map<string, 'busy' | 'idle'>();
      if (ended) return;
      store.set({ runtime, running });
    }
    const { runtime } = store.get();
    const pause = runtime?.state === 'queued' || runtime?.state === 'starting' || runtime?.state === 'stopping' ? changing : calm;
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void look(), pause);
  };
  const seen = () => document.visibilityState === 'visible' && void look();
  document.addEventListener('visibilitychange', seen);
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  };
}
