// The rules, with reasons, versions and dates, for everybody; and what has changed between any two versions of one.
import { type ReactNode, useEffect, useState } from 'react';
import { Rss } from 'lucide-react';
import { addressOf } from '../../api/config';
import { acceptRules, getPolicy, listRuleVersions, policyNumbers } from '../../api/policy';
import type { Exemption, Policy, PolicyNumbers, Rule } from '../../api/schema';
import { changedWords } from '../../core/rule-words';
import { inLanguage, language, locale, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { Frame } from './Frame';
import { stepsInWords } from './steps';

const day = (text: string): string => new Date(text).toLocaleDateString(locale(), { dateStyle: 'long' });

export function PolicyPage({ signedIn }: { signedIn: boolean }) {
  const [policy, setPolicy] = useState<Policy | null>(null);
  const [versions, setVersions] = useState<readonly Rule[]>([]);
  const [numbers, setNumbers] = useState<PolicyNumbers | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const failed = (error: unknown) => setFault(failureWords(error));
  const look = () => getPolicy().then(setPolicy, failed);
  useEffect(() => {
    void look();
    listRuleVersions().then(setVersions, failed);
    policyNumbers().then(setNumbers, failed);
  }, []);
  useEffect(() => {
    if (policy && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [policy === null]);
  const upcoming = policy?.rules.filter(({ state }) => state === 'upcoming') ?? [];
  const holding = policy?.rules.filter(({ state }) => state !== 'upcoming') ?? [];
  return (
    <Frame title={t('policy.title')} signedIn={signedIn}>
      <p className="policy-lead">{t('policy.lead')}</p>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      {policy && policy.rules.length === 0 && <p>{t('policy.none')}</p>}
      {policy && policy.accepted !== undefined && policy.accepted < policy.last && <Acceptance policy={policy} onDone={() => void look()} />}
      {upcoming.length > 0 && <section aria-labelledby="upcoming"><h2 id="upcoming">{t('policy.upcoming')}</h2>{upcoming.map(rule => <RuleCard key={rule.number} rule={rule} versions={versions} />)}</section>}
      {holding.map(rule => <RuleCard key={rule.number} rule={rule} versions={versions} numbers={numbers} exemption={policy?.exemptions.find(each => each.rule === rule.id)} />)}
      {policy && <section className="policy-how" aria-labelledby="how"><h2 id="how">{t('policy.how')}</h2><ul>{['how.construction', 'how.families', 'how.words', 'how.private', ...(policy.looks_at_accounts ? ['how.accounts'] : []), 'how.people', 'how.appeal'].map(key => <li key={key}>{t(`policy.${key}`)}</li>)}</ul></section>}
      <p><a className="al-link policy-feed" href={addressOf('policy.atom')}><Rss size={16} aria-hidden />{t('policy.feed')}</a></p>
    </Frame>
  );
}

function Acceptance({ policy, onDone }: { policy: Policy; onDone: () => void }) {
  const [fault, setFault] = useState<string | null>(null);
  return (
    <section className="policy-accept" aria-label={t('policy.accept.title')}>
      <p><strong>{t('policy.accept.title')}</strong> {t(policy.accepted === 0 ? 'policy.accept.first' : 'policy.accept.changed')}</p>
      <button type="button" className="al-button al-button-primary" onClick={() => acceptRules(policy.last).then(onDone, (error: unknown) => setFault(failureWords(error)))}>{t('policy.accept')}</button>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </section>
  );
}

function RuleCard({ rule, versions, numbers = null, exemption }: { rule: Rule; versions: readonly Rule[]; numbers?: PolicyNumbers | null; exemption?: Exemption | undefined }) {
  const tongue = language();
  const before = versions.find(each => each.id === rule.id && each.version < rule.version);
  const [compared, setCompared] = useState(false);
  const words = (key: 'title' | 'text' | 'reason' | 'instead') => inLanguage(rule, key);
  const shown = (key: 'text' | 'reason' | 'instead'): ReactNode => (compared && before ? <Changes before={inLanguage(before, key)} after={words(key)} /> : words(key));
  const says = tongue === 'de' ? rule.says_de : rule.says;
  const emergency = tongue === 'de' ? rule.emergency_de : rule.emergency;
  return (
    <article className="policy-rule" id={rule.id} aria-labelledby={`${rule.id}-${rule.version}`}>
      <h3 id={`${rule.id}-${rule.version}`}>{words('title')}</h3>
      <p className="policy-dates">
        <span className={`policy-state policy-${rule.state}`}>{t(`policy.state.${rule.state}`)}</span>
        <span>{t('policy.version', { version: rule.version })}</span>
        <span>{t('policy.announced', { day: day(rule.announced_at) })}</span>
        <span>{t(rule.state === 'upcoming' ? 'policy.willBind' : 'policy.binds', { day: day(rule.binds_at) })}</span>
        {rule.state === 'watching' && <span>{t('policy.enforced', { day: day(rule.enforced_at) })}</span>}
        <span>{rule.tiers.length === 0 ? t('policy.everybody') : t('policy.tiers', { tiers: rule.tiers.join(', ') })}</span>
      </p>
      {exemption && <p className="policy-exempt">{t('policy.exempt', { day: day(exemption.ends_at) })} <span lang="">{exemption.reason}</span></p>}
      {emergency && <p className="policy-emergency"><strong>{t('policy.emergency')}</strong> {emergency}</p>}
      <p>{shown('text')}</p>
      <dl>
        <dt>{t('policy.reason')}</dt><dd>{shown('reason')}</dd>
        <dt>{t('policy.instead')}</dt><dd>{shown('instead')}</dd>
        <dt>{t('policy.most')}</dt><dd>{t(`policy.most.${rule.most}`)}{rule.appeal ? '' : ` ${t('policy.noAppeal')}`}</dd>
        {numbers && <><dt>{t('policy.numbers', { days: numbers.days })}</dt><dd>{numbersInWords(numbers, rule.id)}</dd></>}
      </dl>
      {before && <button type="button" className="al-button" aria-pressed={compared} onClick={() => setCompared(!compared)}>{t('policy.compare', { version: before.version })}</button>}
      {says.length > 0 && <details><summary>{t('policy.says')}</summary><ul>{says.map(text => <li key={text}>{text.replace(/\{[^}]*\}/g, '…')}</li>)}</ul></details>}
    </article>
  );
}

function numbersInWords({ rules, least }: PolicyNumbers, id: string): string {
  const of = rules.find(each => each.rule === id);
  if (of?.accounts === 0) return t('policy.numbers.nobody');
  if (of?.accounts === undefined) return t('policy.numbers.few', { least });
  return [t('policy.numbers.accounts', { count: of.accounts }), stepsInWords(of.steps), t('policy.numbers.appeals', { count: of.appeals ?? 0, overturned: of.overturned ?? 0 })].filter(Boolean).join('; ');
}

function Changes({ before, after }: { before: string; after: string }) {
  return <>{changedWords(before, after).map(({ kind, text }, index) => (kind === 'same' ? text : kind === 'gone' ? <del key={index}>{text}</del> : <ins key={index}>{text}</ins>))}</>;
}
