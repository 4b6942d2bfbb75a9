// What the account may use, what it has used, and when there is more: the numbers, and the last two weeks to look at.
import { Fragment, useEffect, useState } from 'react';
import { addressOf } from '../../api/config';
import { accessOf, getQuota } from '../../api/runtimes';
import type { Quota } from '../../api/schema';
import { bytes, duration, locale, t } from '../../ui/i18n';
import { failureWords } from '../failure';

const number = (value: number): string => value.toLocaleString(locale(), { maximumFractionDigits: 1 });
const when = (text: string): string => new Date(text).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });

export function Limits() {
  const [quota, setQuota] = useState<Quota | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => void getQuota().then(setQuota, (error: unknown) => setFault(failureWords(error))), []);
  if (fault) return <p className="al-fault" role="alert">{fault}</p>;
  if (!quota) return null;
  const { tier } = quota;
  const facts: readonly (readonly [string, string])[] = [
    [t('limits.memory'), bytes(tier.memory_bytes)],
    [t('limits.cpus'), number(tier.cpus)],
    [t('limits.disk'), bytes(tier.disk_bytes)],
    [t('limits.drive'), tier.drive_bytes === 0 ? t('limits.any') : bytes(tier.drive_bytes)],
    [t('limits.processes'), number(tier.processes)],
    [t('limits.runtimes'), number(tier.runtimes)],
    [t('limits.lifetime'), duration(tier.lifetime_s)],
    [t('limits.idle'), tier.idle_s === 0 ? t('limits.never') : duration(tier.idle_s)],
    [t('limits.network'), networkWords(tier)],
    ...(tier.accelerators.length > 0 ? [[t('limits.accelerators'), tier.accelerators.join(', ')] as const] : []),
    [t('limits.rate'), t('limits.unitsPerHour', { units: number(tier.units_per_hour) })],
  ];
  return (
    <>
      {/* Title and reason are the operator's words, in whatever language. */}
      <p><strong lang="">{tier.title}</strong>{quota.tier_until && <> · {t('limits.until', { when: when(quota.tier_until) })}</>}{quota.tier_reason && <> · <span lang="">{quota.tier_reason}</span></>}</p>
      {quota.budget && <Budget budget={quota.budget} />}
      {tier.units > 0 ? <Units quota={quota} /> : <p>{t('limits.unlimited', { used: number(quota.used) })}</p>}
      <Days quota={quota} />
      <dl className="limits-facts">{facts.map(([name, value]) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>
      <p className="al-hint">{t('limits.fair')}</p>
      <p><a className="al-link" href={addressOf('api/quota/usage.csv')} download>{t('limits.csv')}</a></p>
    </>
  );
}

function networkWords(tier: Quota['tier']): string {
  const access = accessOf(tier.network);
  const reach = tier.reach.join(', ');
  if (access === 'allow-list') return t('limits.network.allow-list', { reach });
  return [t(`limits.network.${access}`), reach && t('limits.reach', { reach })].filter(Boolean).join(' ');
}

/** What the group has that the tier comes from. */
function Budget({ budget: { title, units, used } }: { budget: NonNullable<Quota['budget']> }) {
  if (!units) return <p>{t('limits.budgetAny', { title })}</p>;
  return (
    <>
      <Bar label={t('limits.budgetLabel')} share={Math.min(1, used / units)} />
      <p>{t('limits.budget', { title, used: number(used), limit: number(units) })}</p>
    </>
  );
}

function Bar({ label, share }: { label: string; share: number }) {
  return <div className="limits-bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}><i className={share >= 0.9 ? 'limits-full' : ''} style={{ width: `${share * 100}%` }} /></div>;
}

function Units({ quota }: { quota: Quota }) {
  const share = Math.min(1, quota.used / quota.tier.units);
  return (
    <>
      <Bar label={t('limits.units')} share={share} />
      <p>{t('limits.used', { used: number(quota.used), limit: number(quota.tier.units), when: quota.refills_at ? when(quota.refills_at) : '' })}</p>
    </>
  );
}

/** A column a day; the numbers stand in a table for whoever cannot see them. */
function Days({ quota }: { quota: Quota }) {
  const most = Math.max(...quota.days.map(({ units }) => units), quota.tier.units_per_hour, 0.1); // a moment's use is no full column
  const day = (text: string) => new Date(text).toLocaleDateString(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <figure className="limits-days">
      <figcaption>{t('limits.days')}</figcaption>
      <div aria-hidden>{quota.days.map(({ begins, units }) => <span key={begins} title={`${day(begins)}: ${number(units)}`}><i style={{ height: `${(units / most) * 100}%` }} /></span>)}</div>
      <div aria-hidden className="limits-ends"><span>{day(quota.days[0]?.begins ?? '')}</span><span>{t('limits.most', { units: number(most) })}</span><span>{day(quota.days.at(-1)?.begins ?? '')}</span></div>
      <table className="al-hidden-text"><tbody>{quota.days.map(({ begins, units }) => <tr key={begins}><th scope="row">{day(begins)}</th><td>{number(units)}</td></tr>)}</tbody></table>
    </figure>
  );
}
