// Asks the owner of somebody else's notebook for access to it.
import { useId, useState } from 'react';
import { askForAccess } from '../../../api/sharing';
import { type SharedRole, sharedRoles } from '../../../core/role';
import { t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { failureWords } from '../../failure';
import type { Page } from '../store';

export function AskAccess({ page, onClose }: { page: Page; onClose: () => void }) {
  const { opening } = page.state;
  const [role, setRole] = useState<SharedRole>('viewer');
  const [message, setMessage] = useState('');
  const [state, setState] = useState<{ kind: 'open' | 'sending' | 'sent' } | { kind: 'failed'; message: string }>({ kind: 'open' });
  const [roleField, messageField] = [useId(), useId()];
  const document = opening.kind === 'failed' && opening.fault.kind === 'not-shared' ? opening.fault.document : page.deeds?.document();
  const send = async () => {
    if (!document) return;
    setState({ kind: 'sending' });
    await askForAccess(document, role, message.trim()).then(() => setState({ kind: 'sent' }), (error: unknown) => setState({ kind: 'failed', message: failureWords(error) }));
  };
  if (state.kind === 'sent') return <Modal title={t('access.title')} onClose={onClose} actions={<button type="button" className="al-button al-button-primary" onClick={onClose}>{t('close')}</button>}><p role="status">{t('access.sent')}</p></Modal>;
  return (
    <Modal title={t('access.title')} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
      <button type="button" className="al-button al-button-primary" disabled={state.kind === 'sending'} onClick={() => void send()}>{t('access.send')}</button>
    </>}>
      <form className="nb-access" onSubmit={event => {
        event.preventDefault();
        void send();
      }}>
        <label htmlFor={roleField}>{t('access.role')}</label>
        <select id={roleField} className="al-input" value={role} onChange={event => setRole(event.target.value as SharedRole)}>{sharedRoles.map(each => <option key={each} value={each}>{t(`role.${each}`)}</option>)}</select>
        <label htmlFor={messageField}>{t('access.message')}</label>
        <input id={messageField} className="al-input" maxLength={300} value={message} onChange={event => setMessage(event.target.value)} />
        {state.kind === 'failed' && <p className="nb-danger" role="alert">{state.message}</p>}
      </form>
    </Modal>
  );
}
