// What an invitation to a group is to, and a button to join. Nothing happens before it is pressed.
import { useEffect, useState } from 'react';
import { UsersRound } from 'lucide-react';
import { ApiError } from '../../api/client';
import { addressOf } from '../../api/config';
import { joinGroup, readInvitation } from '../../api/groups';
import type { Invited } from '../../api/schema';
import { t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { Card } from '../sign-in/Card';
import './groups.css';

const faultWords = (error: unknown) => (error instanceof ApiError && error.status === 404 ? t('groups.joinEnded') : failureWords(error));

export function JoinPage({ code }: { code: string }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  document.title = `${t('groups.joinTitle')} – Allmende`;
  useEffect(() => void readInvitation(code).then(setInvited, (error: unknown) => setFault(faultWords(error))), [code]);
  const groups = addressOf('?view=groups');
  const join = async () => {
    setWorking(true);
    try {
      const { id } = await joinGroup(code);
      location.assign(`${groups}&group=${id}`);
    } catch (error) {
      setFault(faultWords(error));
      setWorking(false);
    }
  };
  return (
    <Card title={invited ? invited.title : t('groups.joinTitle')} icon={<UsersRound size={28} aria-hidden />} {...(invited ? { lead: t('groups.joinBy', { names: invited.managers.map(({ display_name, name }) => display_name || name).join(', ') }) } : {})}>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      {!invited && !fault && <p role="status">{t('loading')}</p>}
      {invited && !invited.joined && <>
        <p>{t('groups.joinText')}</p>
        <button type="button" className="al-button al-button-primary groups-join" disabled={working} onClick={() => void join()}>{t('groups.join')}</button>
      </>}
      {invited?.joined && <p>{t('groups.joined')}</p>}
      {(fault || invited?.joined) && <a className="al-button groups-join" href={groups}>{t('groups.goToGroups')}</a>}
    </Card>
  );
}
