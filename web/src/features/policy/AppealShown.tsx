// An appeal and its answer, as its person and the staff see it.
import type { Appeal } from '../../api/schema';
import { dateTime, t } from '../../ui/i18n';

export function AppealShown({ appeal, forStaff = false }: { appeal: Appeal; forStaff?: boolean }) {
  return (
    <section className="decision-appeal" aria-label={t('appeal.title')}>
      <h3>{t('appeal.title')}</h3>
      <p className="policy-dates"><span>{t('appeal.made', { when: dateTime(new Date(appeal.made_at)) })}</span></p>
      <blockquote>{appeal.words}</blockquote>
      {appeal.outcome ? <><p><strong>{t(forStaff ? `staff.outcome.${appeal.outcome}` : `appeal.${appeal.outcome}`)}</strong> {appeal.answered_at && dateTime(new Date(appeal.answered_at))}</p><blockquote lang="">{appeal.answer}</blockquote></> : !forStaff && <p role="status">{t('appeal.waits')}</p>}
    </section>
  );
}
