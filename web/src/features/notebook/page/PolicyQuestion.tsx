// The question before a cell runs that shows signs of what a rule is about: which rule, what was seen, why there is such a rule, and what
// one can do. Whoever says that it is allowed use, or runs it anyway, is not kept from it.
import { useEffect, useState } from 'react';
import { addressOf } from '../../../api/config';
import { answerDecision, type DecisionAnswer, getDecision } from '../../../api/policy';
import type { Decision } from '../../../api/schema';
import { inLanguage, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { failureWords } from '../../failure';
import { Seen } from '../../policy/Seen';
import '../../policy/policy.css';

export function PolicyQuestion({ id, onAnswer }: { id: string; onAnswer: (runs: boolean) => void }) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [remark, setRemark] = useState('');
  useEffect(() => void getDecision(id).then(setDecision, (error: unknown) => setFault(failureWords(error))), [id]);
  const give = (answer: DecisionAnswer) =>
    void answerDecision(id, answer, remark.trim() || undefined).then(() => onAnswer(answer !== 'cancelled'), (error: unknown) => setFault(failureWords(error)));
  return (
    <Modal title={t('question.title')} onClose={() => onAnswer(false)} actions={<>
      <button type="button" className="al-button" onClick={() => give('cancelled')}>{t('question.cancel')}</button>
      <button type="button" className="al-button" disabled={!decision} onClick={() => give('run_anyway')}>{t('question.run')}</button>
      <button type="button" className="al-button al-button-primary" disabled={!decision} onClick={() => give('allowed_use')}>{t('question.allowed')}</button>
    </>}>
      <div className="policy-question">
        {fault && <p className="al-fault" role="alert">{fault}</p>}
        {decision && <>
          <p>{t('question.lead')} <a className="al-link" href={`${addressOf('policy')}#${decision.rule}`} target="_blank" rel="noopener">{inLanguage(decision, 'title')}</a></p>
          <Seen decision={decision} />
          <p>{inLanguage(decision, 'reason')}</p>
          <p>{inLanguage(decision, 'instead')}</p>
          <p className="al-hint">{t('question.means')}</p>
          <label className="al-field" htmlFor="question-remark"><span>{t('question.remark')}</span><input id="question-remark" className="al-input" maxLength={200} value={remark} onChange={event => setRemark(event.target.value)} /></label>
        </>}
      </div>
    </Modal>
  );
}
