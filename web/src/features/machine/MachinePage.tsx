// For people of the staff: how much of the machine is promised, who runs what and who waits, giving tiers and compute units, and who there is.
import { useEffect, useState } from 'react';
import { listEveryGroup, listEverybodysRuntimes, listTiers, pauseQueue, resumeQueue, stopRuntimeOf } from '../../api/machine';
import type { Group, OperatorRuntime, OperatorRuntimes, Tier } from '../../api/schema';
import { dateWords } from '../../core/date-words';
import { bytes, duration, locale, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { Frame } from '../policy/Frame';
import { GiveTier, GiveUnits } from './Giving';
import { People } from './People';
import '../policy/staff.css';
import './machine.css';

/** Milliseconds between two looks. */
const often = 5000;

export function MachinePage({ allowed }: { allowed: boolean }) {
  return <Frame title={t('machine.title')} signedIn wide>{allowed ? <Machine /> : <p className="decisions-none">{t('staff.forbidden')}</p>}</Frame>;
}

function Machine() {
  const [all, setAll] = useState<OperatorRuntimes | null>(null);
  const [tiers, setTiers] = useState<readonly Tier[]>([]);
  const [groups, setGroups] = useState<readonly Group[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const look = () => listEverybodysRuntimes().then(fresh => { setAll(fresh); setFault(null); }, (error: unknown) => setFault(failureWords(error)));
  useEffect(() => {
    void look();
    void Promise.all([listTiers(), listEveryGroup()]).then(([allTiers, allGroups]) => { setTiers(allTiers); setGroups(allGroups); }, (error: unknown) => setFault(failureWords(error)));
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), often);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      {all && <Room all={all} />}
      {all && <Pause why={all.paused ?? null} onChanged={() => void look()} />}
      <h2>{t('machine.runtimes')}</h2>
      {all?.runtimes.length === 0 && <p className="decisions-none">{t('machine.none')}</p>}
      {all && all.runtimes.length > 0 && <Runtimes all={all.runtimes} onChanged={() => void look()} />}
      <h2>{t('machine.tiers')}</h2>
      <Tiers tiers={tiers} />
      <GiveTier tiers={tiers} groups={groups} />
      <GiveUnits />
      <People />
    </>
  );
}

/** Letting no new runtimes in, as before an upgrade, and in again. */
function Pause({ why, onChanged }: { why: string | null; onChanged: () => void }) {
  const [reason, setReason] = useState('');
  const [asks, setAsks] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const attempt = (work: Promise<void>) => void work.then(() => { setAsks(false); setReason(''); setFault(null); onChanged(); }, (error: unknown) => setFault(failureWords(error)));
  return (
    <div className="machine-pause">
      {why !== null ? <><p role="status"><strong>{t('machine.paused')}</strong> {why}</p><button type="button" className="al-button al-button-primary" onClick={() => attempt(resumeQueue())}>{t('machine.resume')}</button></>
      : !asks ? <button type="button" className="al-button" onClick={() => setAsks(true)}>{t('machine.pause')}</button>
      : <form className="machine-stop" onSubmit={event => { event.preventDefault(); if (reason.trim()) attempt(pauseQueue(reason.trim())); }}>
        <input className="al-input" aria-label={t('machine.pauseWhy')} placeholder={t('machine.pauseWhy')} maxLength={500} autoFocus value={reason} onChange={event => setReason(event.target.value)} />
        <button type="submit" className="al-button al-button-primary" disabled={reason.trim() === ''}>{t('machine.pause')}</button>
        <button type="button" className="al-button" onClick={() => setAsks(false)}>{t('cancel')}</button>
      </form>}
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </div>
  );
}

/** What is promised of the memory that may be, and how many wait for some. */
function Room({ all: { memory_promised, memory_of_all, waiting } }: { all: OperatorRuntimes }) {
  const share = memory_of_all > 0 ? Math.min(1, memory_promised / memory_of_all) : 0;
  return (
    <div className="machine-room">
      <p>{t('machine.promised', { used: bytes(memory_promised), limit: bytes(memory_of_all) })} · {waiting === 0 ? t('machine.nobodyWaits') : t('machine.waiting', { count: waiting })}</p>
      <div className="machine-bar" role="meter" aria-label={t('machine.memory')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}><i style={{ width: `${share * 100}%` }} /></div>
    </div>
  );
}

function Runtimes({ all, onChanged }: { all: readonly OperatorRuntime[]; onChanged: () => void }) {
  const [asked, setAsked] = useState<string | null>(null);
  const columns = ['whom', 'state', 'tier', 'memory', 'since', 'idle'] as const;
  return (
    <div className="staff-scroll" tabIndex={0} role="region" aria-label={t('machine.runtimes')}>
      <table className="staff-table">
        <thead><tr>{columns.map(key => <th key={key} scope="col">{t(`machine.column.${key}`)}</th>)}<th scope="col"><span className="al-hidden-text">{t('machine.stop')}</span></th></tr></thead>
        <tbody>{all.map(runtime => (
          <tr key={runtime.id}>
            <th scope="row">{runtime.account}<small>{[runtime.name, runtime.id].filter(Boolean).join(' · ')}</small></th>
            <td>{t(`machine.state.${runtime.state}`)}{runtime.place && <small>{t('machine.place', { place: runtime.place })}</small>}</td>
            <td>{runtime.tier}</td>
            <td className="staff-number">{bytes(runtime.memory_bytes)}</td>
            <td><time dateTime={runtime.started_at}>{dateWords(new Date(runtime.started_at), new Date(), locale())}</time></td>
            <td className="staff-number">{runtime.idle_s === undefined || runtime.idle_s === null ? '–' : duration(runtime.idle_s)}</td>
            <td>{asked === runtime.id ? <Stop runtime={runtime} onDone={() => { setAsked(null); onChanged(); }} onLeave={() => setAsked(null)} /> : <button type="button" className="al-button" onClick={() => setAsked(runtime.id)} aria-label={t('machine.stopOf', { account: runtime.account })}>{t('machine.stop')}</button>}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}

/** Never without a reason, which the person reads. */
function Stop({ runtime, onDone, onLeave }: { runtime: OperatorRuntime; onDone: () => void; onLeave: () => void }) {
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const stop = () => void stopRuntimeOf(runtime.id, reason.trim()).then(onDone, (error: unknown) => setFault(failureWords(error)));
  return (
    <form className="machine-stop" onSubmit={event => { event.preventDefault(); if (reason.trim()) stop(); }}>
      <input className="al-input" aria-label={t('staff.reason')} placeholder={t('staff.reason')} maxLength={500} autoFocus value={reason} onChange={event => setReason(event.target.value)} />
      <button type="submit" className="al-button al-button-danger" disabled={reason.trim() === ''}>{t('machine.stop')}</button>
      <button type="button" className="al-button" onClick={onLeave}>{t('cancel')}</button>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </form>
  );
}

const number = (value: number): string => value.toLocaleString(locale(), { maximumFractionDigits: 2 });

function Tiers({ tiers }: { tiers: readonly Tier[] }) {
  const columns = ['tier', 'memory', 'cpus', 'disk', 'runtimes', 'idleLimit', 'lifetime', 'weight', 'units'] as const;
  return (
    <div className="staff-scroll" tabIndex={0} role="region" aria-label={t('machine.tiers')}>
      <table className="staff-table">
        <thead><tr>{columns.map(key => <th key={key} scope="col">{t(`machine.column.${key}`)}</th>)}</tr></thead>
        <tbody>{tiers.map(tier => (
          <tr key={tier.name}>
            <th scope="row">{tier.title}<small>{tier.name}</small></th>
            <td className="staff-number">{bytes(tier.memory_bytes)}</td><td className="staff-number">{number(tier.cpus)}</td><td className="staff-number">{bytes(tier.disk_bytes)}</td>
            <td className="staff-number">{tier.runtimes}</td><td>{tier.idle_s === 0 ? t('machine.never') : duration(tier.idle_s)}</td><td>{duration(tier.lifetime_s)}</td>
            <td className="staff-number">{number(tier.weight)}</td><td>{tier.units === 0 ? t('machine.any') : t('machine.unitsEach', { units: number(tier.units), time: duration(tier.period_s) })}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
