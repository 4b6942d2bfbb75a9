import { t, duration } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { useNow } from './ConnectButton';

/** The line at the foot: what runs and for how long, which kernel. */
export function StatusBar({ page }: { page: Page }) {
  const { running, progress, kernelName, connection } = useStore(page.store);
  const now = useNow(running !== null);
  const seconds = running ? Math.floor((now - running.since) / 1000) : 0;
  return (
    <footer className="nb-status">
      <span>{running ? t('status.running', { cell: running.cell }) : ''}{running && seconds >= 2 ? ` · ${duration(seconds)}` : ''}{progress ? ` · ${t('status.progress', { done: progress.done, all: progress.all })}` : ''}</span>
      <span className="nb-status-kernel">{connection.kind === 'ready' ? t(connection.busy || running ? 'status.busy' : 'status.idle') : connection.kind === 'none' && page.mayEdit ? t('status.none') : ''}{kernelName && ` · ${kernelName}`}</span>
    </footer>
  );
}
