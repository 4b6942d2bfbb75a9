// What runs the cells: use and limits, how long it may go on, and the ways to begin anew or to end it.
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Connection, isKnownEnd } from '../../../core/connection';
import { levelOf, type Share, shareOf } from '../../../core/runtime-state';
import { bytes, duration, locale, t, time } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { deleteRuntime, getQuota, getUse } from '../../../api/runtimes';
import { addressOf } from '../../../api/config';
import { failureWords } from '../../failure';
import type { Quota, RuntimeUse } from '../../../api/schema';
import { queueWords, useNow, words } from './ConnectButton';
import { RuntimeChoice } from './RuntimeChoice';

interface Props {
  readonly page: Page;
  readonly anchor: RefObject<HTMLElement>;
  readonly onClose: () => void;
}

/** Why a runtime ended, in the page's language where we know the case. */
export function endWords(connection: Extract<Connection, { kind: 'ended' }>): string {
  if (isKnownEnd(connection.reason)) return t(`end.${connection.reason}`);
  return connection.message || t('end.unknown');
}

const number = (value: number): string => value.toLocaleString(locale(), { maximumFractionDigits: 1 });

/** The last hour as a line below a meter; the newest is at its end. */
function LastHour({ values, limit }: { values: readonly number[]; limit: number }) {
  if (values.length < 2 || limit <= 0) return null;
  const points = values.map((value, index) => `${(index / (values.length - 1)) * 100},${20 - Math.min(1, value / limit) * 19}`).join(' ');
  return <svg className="nb-last-hour" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden><polyline points={points} vectorEffect="non-scaling-stroke" /></svg>;
}

function Meter({ label, part, text, lately = [] }: { label: string; part: Share | null; text: string; lately?: readonly number[] }) {
  if (!part) return null;
  const share = shareOf(part);
  return (
    <div className={`nb-meter nb-level-${levelOf(share)}`}>
      <span>{label}</span><span>{text}</span>
      <div className="nb-gauge-bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} aria-valuetext={text}><i style={{ width: `${share * 100}%` }} /></div>
      <LastHour values={lately} limit={part.limit} />
    </div>
  );
}

export function RuntimePanel({ page, anchor, onClose }: Props) {
  const { connection, runtime, cores, kernelName, owner, runsIn } = useStore(page.store);
  const box = useRef<HTMLDivElement>(null);
  const now = useNow(true);
  const [quota, setQuota] = useState<Quota | null>(null);
  useEffect(() => void getQuota().then(setQuota, () => undefined), []);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    const elsewhere = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target) && !anchor.current?.contains(event.target)) onClose();
    };
    addEventListener('pointerdown', elsewhere, true);
    return () => {
      removeEventListener('pointerdown', elsewhere, true);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [anchor, onClose]);
  const running = runtime?.state === 'ready' ? runtime.id : null;
  const [lately, setLately] = useState<readonly RuntimeUse[]>([]);
  useEffect(() => {
    if (!running) return;
    const look = () => void getUse(running).then(setLately, () => undefined);
    look();
    const timer = setInterval(look, 15_000);
    return () => clearInterval(timer);
  }, [running]);
  const queued = runtime?.state === 'queued' ? runtime : null;
  const inOwners = runsIn === 'owner' && owner ? t('runtime.inOwners', { name: owner.display_name || owner.name }) : null;
  const leaveQueue = () => queued && void deleteRuntime(queued.id).catch((error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
  const lives = runtime && (runtime.state === 'ready' || runtime.state === 'starting') ? runtime : null;
  const act = (id: 'connect' | 'restart' | 'end-runtime') => () => {
    onClose();
    page.run(id);
  };
  return (
    <div className="nb-popover" role="dialog" aria-label={t('runtime.title')} tabIndex={-1} ref={box} onKeyDown={event => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onClose();
    }}>
      <h2>{kernelName || t('runtime.title')}</h2>
      {connection.kind === 'ended' && <p className="nb-danger">{endWords(connection)}</p>}
      {inOwners ? <p>{inOwners}</p> : !lives && !queued && <p>{t('runtime.none')}</p>}
      {queued?.queue && <><p className="nb-queue">{queueWords(queued.queue)}</p><p className="nb-hint">{queued.queue.paused ?? t('queue.why')}</p></>}
      {lives && <>
        <Meter label={t('runtime.memory')} part={lives.memory} text={words(lives.memory)} lately={lately.map(use => use.memory_bytes)} />
        <Meter label={t('runtime.disk')} part={lives.disk} text={words(lives.disk)} />
        {lives.drive && lives.drive.limit > 0 && <Meter label={t('runtime.drive')} part={lives.drive} text={words(lives.drive)} />}
        {lives.cpu && cores !== null && <Meter label={t('runtime.cpu')} part={{ used: cores, limit: lives.cpu.limit }} text={t('runtime.ofLimit', { used: cores.toLocaleString(locale(), { maximumFractionDigits: 1 }), limit: lives.cpu.limit.toLocaleString(locale()) })} lately={lately.map(use => use.cpus)} />}
        {lives.processes && <Meter label={t('runtime.processes')} part={lives.processes} text={t('runtime.ofLimit', { used: lives.processes.used, limit: lives.processes.limit })} />}
        {lives.acceleratorMemory && <Meter label={t('runtime.acceleratorMemory')} part={lives.acceleratorMemory} text={words(lives.acceleratorMemory)} />}
        {lives.acceleratorBusy !== null && <Meter label={t('runtime.acceleratorBusy')} part={{ used: lives.acceleratorBusy, limit: 1 }} text={lives.acceleratorBusy.toLocaleString(locale(), { style: 'percent' })} />}
        {lives.accelerator && <p>{t('runtime.accelerator', { device: lives.accelerator })}</p>}
        {lives.network && <p>{t(`runtime.network.${lives.network.access}`, { received: bytes(lives.network.received), sent: bytes(lives.network.sent) })}</p>}
        {lives.endsAt !== null && <p>{t('runtime.endsAt', { left: duration((lives.endsAt - now) / 1000), time: time(new Date(lives.endsAt)) })}</p>}
        {lives.idleEndsAt !== null && <p>{t('runtime.idleEnds', { left: duration(Math.max(0, (lives.idleEndsAt - now) / 1000)) })}</p>}
        {lives.unitsEndAt !== null && <p>{t('runtime.unitsEnd', { left: duration(Math.max(0, (lives.unitsEndAt - now) / 1000)) })}</p>}
        {lives.drive && lives.drive.limit > 0 && lives.drive.used > lives.drive.limit && <p className="nb-danger">{t('runtime.driveFull')}</p>}
        {lives.reason === 'memory_ran_out' && <p className="nb-danger">{t('runtime.memoryRanOut')}</p>}
      </>}
      {quota && quota.tier.units > 0 && <Meter label={t('quota.units')} part={{ used: quota.used, limit: quota.tier.units }} text={t('runtime.ofLimit', { used: number(quota.used), limit: number(quota.tier.units) })} />}
      {quota && <p className="nb-hint">{t('quota.tier', { tier: quota.tier.title, rate: number(quota.tier.units_per_hour + (lives?.accelerator ? quota.tier.units_per_accelerator_hour : 0)) })} <a className="al-link" href={`${addressOf('')}?view=account#limits`} target="_blank" rel="noopener">{t('quota.more')}</a></p>}
      <p className="nb-hint">{t(lives?.state === 'ready' && lives.memory && !lives.drive ? 'runtime.staysApart' : 'runtime.stays')}</p>
      {page.mayEdit && <RuntimeChoice page={page} connected={connection.kind !== 'none' && connection.kind !== 'ended'} onClose={onClose} />}
      <div className="nb-popover-actions">
        {queued ? <button type="button" className="al-button" onClick={leaveQueue}>{t('queue.leave')}</button> : connection.kind === 'none' || connection.kind === 'ended' ? inOwners === null && <button type="button" className="al-button al-button-primary" onClick={act('connect')}>{t('connect')}</button> : <button type="button" className="al-button" onClick={act('restart')}>{t('command.restart')}</button>}
        {lives && <button type="button" className="al-button al-danger" onClick={act('end-runtime')}>{t('command.end-runtime')}</button>}
      </div>
    </div>
  );
}
