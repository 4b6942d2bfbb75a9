// Keeps what the page says about the person's runtimes true while somebody looks at it.
import { runningNotebooks } from '../../api/home';
import { listRuntimes } from '../../api/runtimes';
import type { HomeStore } from './home-store';

const calm = 15_000;
const changing = 2_000;

export function watchRuntimes(store: HomeStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const look = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') {
      const runtimes = await listRuntimes().then(all => all.filter(({ state }) => state !== 'stopped'), () => []);
      const notebooks = runtimes.some(({ state }) => state === 'ready') ? await runningNotebooks().catch(() => []) : [];
      if (ended) return;
      store.set({ runtimes, notebooks, running: new Map(notebooks.map(({ path, state }) => [path, state])) });
    }
    const pause = store.get().runtimes.some(({ state }) => state !== 'ready') ? changing : calm;
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
