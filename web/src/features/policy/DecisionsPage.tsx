// What was decided of the person who is here: what was seen, what follows, how long, and the way to have it looked at again.
import { type FormEvent, useEffect, useState } from 'react';
import { addressOf } from '../../api/config';
import { answerDecision, appealAgainst, type DecisionAnswer, listDecisions } from '../../api/policy';
import type { Decision } from '../../api/schema';
import { dateTime, inLanguage, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { AppealShown } from './AppealShown';
import { Frame } from './Frame';
import { Seen } from './Seen';
import { stepName } from './steps';

const when = (text: string): string => dateTime(new Date(text));

export function DecisionsPage() {
  const [decisions, setDecisions] = useState<readonly Decision[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const look = () => listDecisions().then(setDecisions, (error: unknown) => setFault(failureWords(error)));
  useEffect(() => void look(), []);
  useEffect(() => {
    if (decisions && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [decisions === null]);
  return (
    <Frame title={t('decisions.title')} signedIn>
      <p className="policy-lead">{t('decisions.lead')} <a className="al-link" href={addressOf('policy')}>{t('policy.title')}</a></p>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      {decisions?.length === 0 && <p className="decisions-none">{t('decisions.none')}</p>}
      {decisions?.map(decision => <Card key={decision.id} decision={decision} onChanged={() => void look()} />)}
      {decisions && decisions.length > 0 && <p><a className="al-link" href={addressOf('api/decisions')} download="decisions.json">{t('decisions.export')}</a></p>}
    </Frame>
  );
}

function Card({ decision, onChanged }: { decision: Decision; onChanged: () => void }) {
  const holds = !decision.ended_at && (decision.step === 'hold' || decision.step === 'throttle');
  const appealable = decision.appealable && !decision.appeal && !(decision.step === 'warning' && !decision.answer);
  return (
    <article className={`decision decision-${decision.step}`} id={decision.id} aria-labelledby={`of-${decision.id}`}>
      <h2 id={`of-${decision.id}`}><span className="decision-step">{stepName(decision)}</span> <a className="al-link" href={`${addressOf('policy')}#${decision.rule}`}>{inLanguage(decision, 'title')}</a></h2>
      <p className="policy-dates">
        <span>{when(decision.at)}</span><span>{t('policy.version', { version: decision.version })}</span>
        {decision.ends_at && !decision.ended_at && <span>{t('decision.until', { when: when(decision.ends_at) })}</span>}
        {decision.ended_at && <span>{t(`decision.ending.${decision.ending ?? 'lapsed'}`, { when: when(decision.ended_at) })}</span>}
      </p>
      <Seen decision={decision} />
      <dl>
        {!decision.ended_at && <><dt>{t('decision.means')}</dt><dd>{t(decision.step === 'throttle' ? `decision.throttle.${decision.throttle ?? 'cpu'}` : `decision.means.${decision.step === 'restrict' && !decision.ends_at ? 'proposed' : decision.step}`)}</dd></>}
        <dt>{t('policy.reason')}</dt><dd>{inLanguage(decision, 'reason')}</dd>
        <dt>{t('policy.instead')}</dt><dd>{inLanguage(decision, 'instead')}</dd>
        {decision.answer && <><dt>{t('decision.answer')}</dt><dd>{t(`decision.answer.${decision.answer}`)}{decision.remark && <> „{decision.remark}“</>}</dd></>}
        {decision.forgotten_at && <><dt>{t('decision.forgotten')}</dt><dd>{when(decision.forgotten_at)}</dd></>}
      </dl>
      {decision.step === 'warning' && !decision.answer && !decision.ended_at && <Answering decision={decision} onDone={onChanged} />}
      {decision.appeal && <AppealShown appeal={decision.appeal} />}
      {appealable && <AppealForm decision={decision} isUrgent={holds} onDone={onChanged} />}
    </article>
  );
}

function Answering({ decision, onDone }: { decision: Decision; onDone: () => void }) {
  const [fault, setFault] = useState<string | null>(null);
  const give = (answer: DecisionAnswer) => void answerDecision(decision.id, answer).then(onDone, (error: unknown) => setFault(failureWords(error)));
  return (
    <div className="decision-buttons">
      {(['cancelled', 'allowed_use', 'run_anyway'] as const).map(answer => <button key={answer} type="button" className="al-button" onClick={() => give(answer)}>{t(`decision.give.${answer}`)}</button>)}
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </div>
  );
}

function AppealForm({ decision, isUrgent, onDone }: { decision: Decision; isUrgent: boolean; onDone: () => void }) {
  const [open, setOpen] = useState(false);
  const [words, setWords] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    void appealAgainst(decision.id, words).then(onDone, (error: unknown) => setFault(failureWords(error)));
  };
  if (!open) return <button type="button" className={isUrgent ? 'al-button al-button-primary' : 'al-button'} onClick={() => setOpen(true)}>{t('appeal.open')}</button>;
  return (
    <form className="decision-appeal" onSubmit={send}>
      <label htmlFor={`appeal-${decision.id}`}>{t('appeal.words')}</label>
      <textarea id={`appeal-${decision.id}`} className="al-input" rows={4} maxLength={2000} required autoFocus value={words} onChange={event => setWords(event.target.value)} />
      <p className="al-hint">{t('appeal.hint')}</p>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      <div className="decision-buttons"><button type="button" className="al-button" onClick={() => setOpen(false)}>{t('cancel')}</button><button type="submit" className="al-button al-button-primary">{t('appeal.send')}</button></div>
    </form>
  );
}
