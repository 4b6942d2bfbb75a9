// A link by which others come to a group. Its code is known to this page alone, once; a new one ends the one before.
import { useRef, useState } from 'react';
import { Check, Copy, Link } from 'lucide-react';
import { endInvitation, invitationAddress, makeInvitation } from '../../api/groups';
import type { Group } from '../../api/schema';
import { dateTime, t } from '../../ui/i18n';
import { failureWords } from '../failure';

export function Invitation({ group, onChanged }: { group: Group; onChanged: () => Promise<void> }) {
  const [address, setAddress] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const shown = useRef<HTMLInputElement>(null);
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      setFault(null);
      await onChanged();
    } catch (error) {
      setFault(failureWords(error));
    }
  };
  const make = () => attempt(async () => {
    setAddress(invitationAddress((await makeInvitation(group.id)).code));
    setCopied(false);
  });
  const end = () => attempt(async () => {
    await endInvitation(group.id);
    setAddress(null);
  });
  const copy = async () => {
    shown.current?.select();
    try {
      await navigator.clipboard.writeText(address ?? '');
      setCopied(true);
    } catch {
      shown.current?.focus(); // selected: the person copies it with the keyboard
    }
  };
  const holds = group.invitation_ends_at ? new Date(group.invitation_ends_at) : null;
  return (
    <section aria-label={t('groups.invitation')}>
      <h3>{t('groups.invitation')}</h3>
      <p>{holds && holds.getTime() > Date.now() ? t('groups.invitationUntil', { time: dateTime(holds) }) : t('groups.invitationText')}</p>
      {address && <div className="groups-link">
        <input ref={shown} className="al-input" readOnly value={address} aria-label={t('groups.link')} onFocus={event => event.target.select()} />
        <button type="button" className="al-button" onClick={() => void copy()}>{copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />} {t(copied ? 'copied' : 'copy')}</button>
      </div>}
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      <div className="groups-deeds">
        <button type="button" className="al-button" onClick={() => void make()}><Link size={16} aria-hidden />{t(holds ? 'groups.invitationAnew' : 'groups.invitationMake')}</button>
        {holds && <button type="button" className="al-button" onClick={() => void end()}>{t('groups.invitationEnd')}</button>}
      </div>
    </section>
  );
}
