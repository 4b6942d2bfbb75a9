// The pill at the right: connect, how far it is, memory and disk in use, or why it ended; opens what is known of the runtime.
import { useEffect, useRef, useState } from 'react';
import { Check, ChevronDown, CircleAlert, LoaderCircle, Plug } from 'lucide-react';
import type { Connection } from '../../../core/connection';
import { levelOf, type RuntimeView, type Share, shareOf } from '../../../core/runtime-state';
import { bytes, duration, t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { RuntimePanel } from './RuntimePanel';

/** Draws anew every second while something counts. */
export function useNow(active: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}

/** Its word is drawn by the style sheet: the button has a name that says more. */
function Bar({ label, part }: { label: string; part: Share | null }) {
  const share = shareOf(part);
  return (
    <span className={`nb-gauge-line nb-level-${levelOf(share)}`}>
      <span data-word={label} /><span className="nb-gauge-bar"><i style={{ width: `${share * 100}%` }} /></span>
    </span>
  );
}

function wordOf(connection: Connection, queue: RuntimeView['queue'], now: number): string {
  if (connection.kind === 'starting' && queue) return queueWords(queue);
  switch (connection.kind) {
    case 'none': return t('connect');
    case 'starting': return now - connection.since < 2000 ? t('connect.starting') : t('connect.startingFor', { time: duration((now - connection.since) / 1000) });
    case 'ready': return t('connect.ready');
    case 'restarting': return t('connect.restarting');
    case 'reconnecting': return t('connect.reconnecting');
    case 'ended': return t('connect.ended');
  }
}

export function ConnectButton({ page }: { page: Page }) {
  const { connection, runtime, runtimeShown, opening, owner, runsIn } = useStore(page.store);
  const now = useNow(connection.kind === 'starting');
  const box = useRef<HTMLDivElement>(null);
  const isElsewhere = runsIn === 'owner' && owner !== null && connection.kind === 'none';
  const word = isElsewhere ? t('connect.inOwners', { name: owner.display_name || owner.name }) : wordOf(connection, runtime?.queue ?? null, now);
  const hasGauge = connection.kind === 'ready' && runtime?.memory;
  const usage = hasGauge ? t('connect.usage', { memory: words(runtime.memory), disk: words(runtime.disk) }) : word;
  const connects = !isElsewhere && (connection.kind === 'none' || connection.kind === 'ended');
  const show = (shown: boolean) => page.store.set({ runtimeShown: shown });
  return (
    <div className="nb-connect" ref={box}>
      <button type="button" className={`nb-connect-button nb-connect-${connection.kind}`} disabled={opening.kind !== 'open'} title={usage} aria-label={connects ? word : usage} aria-expanded={connects ? undefined : runtimeShown} aria-haspopup={connects ? undefined : 'dialog'}
        onClick={() => (connects ? page.run('connect') : show(!runtimeShown))}>
        {connection.kind === 'ready' ? <Check size={16} className="nb-ok" aria-hidden /> : connection.kind === 'none' ? <Plug size={16} aria-hidden /> : connection.kind === 'ended' ? <CircleAlert size={16} className="nb-danger" aria-hidden /> : <LoaderCircle size={16} className="nb-turning" aria-hidden />}
        {hasGauge ? <span className="nb-gauge"><Bar label={t('runtime.ram')} part={runtime.memory} /><Bar label={t('runtime.disk')} part={runtime.disk} /></span> : <span className="nb-connect-word">{word}</span>}
      </button>
      <button type="button" className="nb-connect-more" disabled={opening.kind !== 'open'} aria-haspopup="dialog" aria-expanded={runtimeShown} aria-label={t('connect.more')} onClick={() => show(!runtimeShown)}><ChevronDown size={16} aria-hidden /></button>
      {runtimeShown && <RuntimePanel page={page} anchor={box} onClose={() => show(false)} />}
    </div>
  );
}

/** "Place 3 of 5, about 4 min" */
export function queueWords(queue: NonNullable<RuntimeView['queue']>): string {
  const { place, of, estimateSeconds, paused } = queue;
  if (paused !== null) return t('queue.paused');
  return estimateSeconds === null ? t('queue.place', { place, of }) : t('queue.placeFor', { place, of, time: duration(estimateSeconds) });
}

export function words(part: Share | null): string {
  return part ? t('runtime.ofLimit', { used: bytes(part.used), limit: bytes(part.limit) }) : '–';
}
