// Giving a tier to an account or a group, and compute units to an account; each with a reason that the person can read.
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { ApiError } from '../../api/client';
import { giveTier, giveUnits } from '../../api/machine';
import type { Group, Tier } from '../../api/schema';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { failureWords } from '../failure';

/** Here the server's own sentence says which account or tier there is not. */
const wordsOf = (error: unknown): string => (error instanceof ApiError && error.status === 404 && error.message ? error.message : failureWords(error));

function Form({ title, hint, send, children }: { title: string; hint: string; send: () => Promise<string>; children: ReactNode }) {
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const go = (event: FormEvent) => {
    event.preventDefault();
    send().then(words => { setSaid(words); setFault(null); }, (error: unknown) => { setSaid(''); setFault(wordsOf(error)); });
  };
  return (
    <details className="staff-exempt">
      <summary>{title}</summary>
      <p className="al-hint">{hint}</p>
      <form className="staff-form machine-form" onSubmit={go}>
        {children}
        <button type="submit" className="al-button al-button-primary">{t('machine.give')}</button>
        <p className="staff-wide" role="status">{said}</p>
        {fault && <p className="al-fault staff-wide" role="alert">{fault}</p>}
      </form>
    </details>
  );
}

export function GiveTier({ tiers, groups }: { tiers: readonly Tier[]; groups: readonly Group[] }) {
  const [group, setGroup] = useState('');
  const [account, setAccount] = useState('');
  const [tier, setTier] = useState('');
  const [days, setDays] = useState('');
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const ids = { whom: useId(), tier: useId() };
  const send = async () => {
    const to = group ? { group, ...(units ? { units: Number(units) } : {}) } : { account: account.trim() };
    await giveTier({ ...to, tier: tier || (tiers[0]?.name ?? ''), reason: reason.trim(), ...(days ? { for_s: Number(days) * 86_400 } : {}) });
    return t('machine.given');
  };
  return (
    <Form title={t('machine.giveTier')} hint={t('machine.giveTier.hint')} send={send}>
      <div className="al-field"><label htmlFor={ids.whom}>{t('machine.whom')}</label><select id={ids.whom} className="al-input" value={group} onChange={event => setGroup(event.target.value)}>
        <option value="">{t('machine.anAccount')}</option>
        {groups.map(each => <option key={each.id} value={each.id}>{t('machine.group', { title: each.title, count: each.members })}</option>)}
      </select></div>
      {group === '' && <Field label={t('staff.account')} required autoComplete="off" spellCheck={false} autoCapitalize="none" value={account} onChange={event => setAccount(event.target.value)} />}
      <div className="al-field"><label htmlFor={ids.tier}>{t('machine.column.tier')}</label><select id={ids.tier} className="al-input" value={tier || tiers[0]?.name} onChange={event => setTier(event.target.value)}>{tiers.map(each => <option key={each.name} value={each.name}>{each.title}</option>)}</select></div>
      <Field label={t('machine.days')} hint={t('machine.daysHint')} type="number" min={1} max={36_600} value={days} onChange={event => setDays(event.target.value)} />
      {group !== '' && <Field label={t('machine.budget')} hint={t('machine.budgetHint')} type="number" min={0.1} step="any" value={units} onChange={event => setUnits(event.target.value)} />}
      <Field label={t('staff.reason')} required maxLength={500} value={reason} onChange={event => setReason(event.target.value)} />
    </Form>
  );
}

export function GiveUnits() {
  const [account, setAccount] = useState('');
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const send = async () => {
    await giveUnits(account.trim(), Number(units), reason.trim());
    return t('machine.given');
  };
  return (
    <Form title={t('machine.giveUnits')} hint={t('machine.giveUnits.hint')} send={send}>
      <Field label={t('staff.account')} required autoComplete="off" spellCheck={false} autoCapitalize="none" value={account} onChange={event => setAccount(event.target.value)} />
      <Field label={t('machine.units')} required type="number" step="any" value={units} onChange={event => setUnits(event.target.value)} />
      <Field label={t('staff.reason')} required maxLength={500} value={reason} onChange={event => setReason(event.target.value)} />
    </Form>
  );
}
