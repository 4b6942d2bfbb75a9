// For people of the staff: appeals that wait, how the rules fare, decisions of everybody, the audit journal.
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '../../api/client';
import type { AuditEvent, AuditVerification, RuleHealth, StaffDecision } from '../../api/schema';
import { answerAppeal, type AppealOutcome, confirmRestriction, exemptFrom, liftDecision, listAllDecisions, listEvents, lookAtDecision, proposeRestriction, resumeRule, rulesHealth, verifyJournal } from '../../api/staff';
import { dateTime, inLanguage, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { AppealShown } from './AppealShown';
import { Frame } from './Frame';
import { Seen } from './Seen';
import { stepName, stepsInWords } from './steps';
import './staff.css';

const when = (text: string): string => dateTime(new Date(text));
const hoursSince = (text: string): number => Math.floor((Date.now() - Date.parse(text)) / 3_600_000);
const dueAfterHours = 72;

/** Here the server's own sentence says more than that there is no such thing: which account, which rule. */
const wordsOf = (error: unknown): string => (error instanceof ApiError && error.status === 404 && error.message ? error.message : failureWords(error));

/** What `load` gives and why it gave nothing; `again` asks anew. */
function useLoaded<T>(load: () => Promise<T>): { readonly loaded: T | null; readonly fault: string | null; readonly again: () => void } {
  const [loaded, setLoaded] = useState<T | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const again = () => void load().then(fresh => { setLoaded(fresh); setFault(null); }, (error: unknown) => setFault(wordsOf(error)));
  useEffect(again, []);
  return { loaded, fault, again };
}

export function StaffPage({ allowed }: { allowed: boolean }) {
  return <Frame title={t('staff.title')} signedIn wide>{allowed ? <Desk /> : <p className="decisions-none">{t('staff.forbidden')}</p>}</Frame>;
}

function Desk() {
  const rules = useLoaded(rulesHealth);
  const appeals = useLoaded(() => listAllDecisions({ appeals: true }));
  const changed = () => { rules.again(); appeals.again(); };
  return (
    <>
      <p className="policy-lead">{t('staff.lead')}</p>
      <h2>{t('staff.appeals')}</h2>
      <Fault words={appeals.fault} />
      {appeals.loaded?.length === 0 && <p className="decisions-none">{t('staff.appeals.none')}</p>}
      {appeals.loaded?.map(each => <AppealCard key={each.decision.id} of={each} onDone={changed} />)}
      <h2>{t('staff.rules')}</h2>
      <p className="policy-lead">{t('staff.rules.lead')}</p>
      <Fault words={rules.fault} />
      {rules.loaded && <RulesTable rules={rules.loaded} onChanged={changed} />}
      {rules.loaded && <DaysForm kind="exempt" rules={rules.loaded} send={exemptFrom} />}
      {rules.loaded && <DaysForm kind="restrict" rules={rules.loaded} send={proposeRestriction} />}
      <h2>{t('staff.decisions')}</h2>
      <p className="policy-lead">{t('staff.decisions.lead')}</p>
      {rules.loaded && <Decisions rules={rules.loaded} />}
      <h2>{t('staff.journal')}</h2>
      <Journal />
    </>
  );
}

function Fault({ words }: { words: string | null }) {
  return words ? <p className="al-fault" role="alert">{words}</p> : null;
}

function AppealCard({ of: { account, decision }, onDone }: { of: StaffDecision; onDone: () => void }) {
  const [words, setWords] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const field = `answer-${decision.id}`;
  const answer = (outcome: AppealOutcome) => (event: FormEvent) => {
    event.preventDefault();
    if (!words.trim()) return setFault(t('staff.answer.empty'));
    void answerAppeal(decision.id, outcome, words).then(onDone, (error: unknown) => setFault(wordsOf(error)));
  };
  const hours = decision.appeal ? hoursSince(decision.appeal.made_at) : 0;
  return (
    <article className={`decision decision-${decision.step}`} aria-labelledby={`of-${decision.id}`}>
      <h2 id={`of-${decision.id}`}><span className="decision-step">{stepName(decision)}</span> {inLanguage(decision, 'title')} · {account}</h2>
      <p className="policy-dates"><span>{when(decision.at)}</span><span className={hours >= dueAfterHours ? 'al-danger' : undefined}>{t('staff.waits', { hours })}</span></p>
      <Seen decision={decision} />
      {decision.remark && <p>„{decision.remark}“</p>}
      {decision.appeal && <AppealShown appeal={decision.appeal} forStaff />}
      <form onSubmit={answer('upheld')}>
        <div className="al-field">
          <label htmlFor={field}>{t('staff.answer')}</label>
          <textarea id={field} className="al-input" rows={3} maxLength={2000} value={words} aria-invalid={fault !== null} onChange={event => setWords(event.target.value)} />
          <p className="al-hint">{t('staff.answer.hint')}</p>
        </div>
        <Fault words={fault} />
        <div className="decision-buttons">
          <button type="button" className="al-button al-button-primary" onClick={answer('overturned')}>{t('staff.overturn')}</button>
          <button type="submit" className="al-button">{t('staff.uphold')}</button>
        </div>
      </form>
    </article>
  );
}

function RulesTable({ rules, onChanged }: { rules: readonly RuleHealth[]; onChanged: () => void }) {
  const [fault, setFault] = useState<string | null>(null);
  const resume = (rule: string) => void resumeRule(rule).then(() => window.setTimeout(onChanged, 300), (error: unknown) => setFault(wordsOf(error)));
  return (
    <div className="staff-scroll" tabIndex={0} role="region" aria-label={t('staff.rules')}>
      <table className="staff-table">
        <thead><tr>{['rule', 'state', 'steps', 'accounts', 'appeals', 'right'].map(key => <th key={key} scope="col">{t(`staff.column.${key}`)}</th>)}</tr></thead>
        <tbody>
          {rules.map(rule => (
            <tr key={rule.rule}>
              <th scope="row">{inLanguage(rule, 'title')}<small>{t('policy.version', { version: rule.version })}</small></th>
              <td><span className={`policy-state policy-${rule.state}`}>{t(`staff.state.${rule.state}`)}</span>
                {rule.state === 'paused' && <button type="button" className="al-button" onClick={() => resume(rule.rule)}>{t('staff.resume')}</button>}</td>
              <td>{stepsInWords(rule.steps) || '–'}{stepsInWords(rule.shadow_steps) && <small>{t('staff.shadow', { steps: stepsInWords(rule.shadow_steps) })}</small>}</td>
              <td className="staff-number">{rule.accounts}</td>
              <td>{rule.appeals === 0 ? '–' : t('staff.appealsOf', { all: rule.appeals, open: rule.open_appeals, overturned: rule.overturned })}</td>
              <td><Share low={rule.right_low} high={rule.right_high} known={rule.appeals > rule.open_appeals} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <Fault words={fault} />
    </div>
  );
}

/** Between which shares the truth lies: a band on a line from nothing to all. */
function Share({ low, high, known }: { low: number; high: number; known: boolean }) {
  if (!known) return <span className="policy-dates">{t('staff.right.unknown')}</span>;
  const percent = (share: number) => Math.round(share * 100);
  return (
    <span className="staff-share">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden><rect className="staff-share-all" width="100" height="8" rx="4" /><rect className="staff-share-band" x={percent(low)} width={Math.max(2, percent(high) - percent(low))} height="8" rx="4" /></svg>
      {t('staff.right', { low: percent(low), high: percent(high) })}
    </span>
  );
}

/** Of an exemption or a restriction: both are for somebody, by a rule, for some days, with a reason. */
function DaysForm({ kind, rules, send }: { kind: 'exempt' | 'restrict'; rules: readonly RuleHealth[]; send: (rule: string, account: string, seconds: number, reason: string) => Promise<unknown> }) {
  const [rule, setRule] = useState(rules[0]?.rule ?? '');
  const [account, setAccount] = useState('');
  const [days, setDays] = useState('30');
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState<{ readonly words: string; readonly isFault: boolean } | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(rule, account, Number(days) * 86_400, reason).then(
      () => setSaid({ words: t(`staff.${kind}.done`, { account, count: Number(days) }), isFault: false }),
      (error: unknown) => setSaid({ words: wordsOf(error), isFault: true }));
  };
  return (
    <details className="staff-exempt">
      <summary>{t(`staff.${kind}`)}</summary>
      <p className="al-hint">{t(`staff.${kind}.hint`)}</p>
      <form className="staff-form" onSubmit={submit}>
        <RuleSelect id={`${kind}-rule`} rules={rules} value={rule} onChange={setRule} />
        <div className="al-field"><label htmlFor={`${kind}-account`}>{t('staff.account')}</label><input id={`${kind}-account`} className="al-input" required value={account} onChange={event => setAccount(event.target.value)} /></div>
        <div className="al-field"><label htmlFor={`${kind}-days`}>{t('staff.days')}</label><input id={`${kind}-days`} className="al-input" type="number" min={1} max={366} required value={days} onChange={event => setDays(event.target.value)} /></div>
        <div className="al-field staff-wide"><label htmlFor={`${kind}-reason`}>{t('staff.reason')}</label><input id={`${kind}-reason`} className="al-input" required maxLength={400} value={reason} onChange={event => setReason(event.target.value)} /></div>
        <button type="submit" className="al-button al-button-primary">{t(`staff.${kind}.send`)}</button>
        {said && <p className={said.isFault ? 'al-fault' : 'al-hint'} role={said.isFault ? 'alert' : 'status'}>{said.words}</p>}
      </form>
    </details>
  );
}

function RuleSelect({ id, rules, value, onChange, all }: { id: string; rules: readonly RuleHealth[]; value: string; onChange: (rule: string) => void; all?: string }) {
  return (
    <div className="al-field">
      <label htmlFor={id}>{t('staff.column.rule')}</label>
      <select id={id} className="al-input" value={value} onChange={event => onChange(event.target.value)}>
        {all && <option value="">{all}</option>}
        {rules.map(each => <option key={each.rule} value={each.rule}>{inLanguage(each, 'title')}</option>)}
      </select>
    </div>
  );
}

function Decisions({ rules }: { rules: readonly RuleHealth[] }) {
  const [rule, setRule] = useState('');
  const [account, setAccount] = useState('');
  const [shadow, setShadow] = useState(false);
  const [found, setFound] = useState<readonly StaffDecision[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const look = (event?: FormEvent) => {
    event?.preventDefault();
    void listAllDecisions({ rule, account, shadow }).then(all => { setFound(all); setFault(null); }, (error: unknown) => { setFound(null); setFault(wordsOf(error)); });
  };
  useEffect(look, [rule, shadow]);
  return (
    <>
      <form className="staff-form" onSubmit={look}>
        <RuleSelect id="decisions-rule" rules={rules} value={rule} onChange={setRule} all={t('staff.allRules')} />
        <div className="al-field"><label htmlFor="decisions-account">{t('staff.account')}</label><input id="decisions-account" className="al-input" value={account} placeholder={t('staff.everybody')} onChange={event => setAccount(event.target.value)} onBlur={() => look()} /></div>
        <label className="staff-check"><input type="checkbox" checked={shadow} onChange={event => setShadow(event.target.checked)} /> {t('staff.withShadow')}</label>
      </form>
      <Fault words={fault} />
      {found?.length === 0 && <p className="decisions-none">{t('staff.decisions.none')}</p>}
      {found?.map(each => <DecisionRow key={each.decision.id} of={each} onChanged={look} />)}
    </>
  );
}

function DecisionRow({ of: { account, shadow, decision }, onChanged }: { of: StaffDecision; onChanged: () => void }) {
  const [whole, setWhole] = useState<StaffDecision | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const fail = (error: unknown) => setFault(wordsOf(error));
  return (
    <details className="staff-row" onToggle={event => { if (event.currentTarget.open && !whole) void lookAtDecision(decision.id).then(setWhole, fail); }}>
      <summary>
        <time dateTime={decision.at}>{when(decision.at)}</time><span className="decision-step">{stepName(decision)}</span>
        <span className="staff-of">{account} · {inLanguage(decision, 'title')}</span>{shadow > 0 && <small>{t('staff.onlyLogged')}</small>}
      </summary>
      <Fault words={fault} />
      {whole && (
        <div className="staff-case">
          <Seen decision={whole.decision} />
          {whole.decision.answer && <p>{t('decision.answer')}: {t(`decision.answer.${whole.decision.answer}`)}{whole.decision.remark && <> „{whole.decision.remark}“</>}</p>}
          {whole.decision.ended_at && <p className="policy-dates">{t(`decision.ending.${whole.decision.ending ?? 'lapsed'}`, { when: when(whole.decision.ended_at) })}</p>}
          {whole.decision.appeal && <AppealShown appeal={whole.decision.appeal} forStaff />}
          {whole.proposed_by && <p className="policy-dates"><span>{t('staff.restrict.by', { who: whole.proposed_by, count: Math.round((whole.lasts_s ?? 0) / 86_400) })}</span>{whole.confirmed_by && <span>{t('staff.restrict.confirmedBy', { who: whole.confirmed_by })}</span>}</p>}
          {whole.proposed_by && !whole.confirmed_by && !whole.decision.ended_at && <button type="button" className="al-button al-button-primary" onClick={() => void confirmRestriction(decision.id).then(fresh => { setWhole(fresh); setFault(null); onChanged(); }, fail)}>{t('staff.restrict.confirm')}</button>}{' '}
          {!shadow && !whole.decision.ended_at && decision.step !== 'log' && <button type="button" className="al-button" onClick={() => void liftDecision(decision.id).then(onChanged, fail)}>{t('staff.lift')}</button>}
        </div>
      )}
    </details>
  );
}

function Journal() {
  const proof = useLoaded(verifyJournal);
  const [events, setEvents] = useState<readonly AuditEvent[]>([]);
  const [more, setMore] = useState(true);
  const [fault, setFault] = useState<string | null>(null);
  const load = () => void listEvents(events.length ? { before: events[events.length - 1]?.number ?? 0 } : {}).then(page => {
    setEvents([...events, ...page]);
    setMore(page.length === 50);
  }, (error: unknown) => setFault(wordsOf(error)));
  useEffect(load, []);
  return (
    <>
      <Fault words={proof.fault ?? fault} />
      {proof.loaded && <Proof of={proof.loaded} />}
      <div className="staff-scroll" tabIndex={0} role="region" aria-label={t('staff.journal')}>
        <table className="staff-table">
          <thead><tr>{['number', 'when', 'what', 'whom', 'detail'].map(key => <th key={key} scope="col">{t(`staff.column.${key}`)}</th>)}</tr></thead>
          <tbody>{events.map(event => <tr key={event.number}><td className="staff-number">{event.number}</td><td><time dateTime={event.at}>{when(event.at)}</time></td><td>{event.name}</td><td><code>{event.subjects.join(' ')}</code></td><td><code>{event.detail === '{}' ? '' : event.detail}</code></td></tr>)}</tbody>
        </table>
      </div>
      {more && <button type="button" className="al-button" onClick={load}>{t('staff.more')}</button>}
    </>
  );
}

function Proof({ of }: { of: AuditVerification }) {
  if (of.broken) return <p className="policy-emergency" role="alert">{t('staff.broken', { why: of.broken })}</p>;
  return <div className="policy-exempt staff-journal">{t('staff.whole', { count: of.events })} {of.head && <details><summary>{t('staff.head')}</summary><code className="staff-head">{of.head}</code></details>}</div>;
}
