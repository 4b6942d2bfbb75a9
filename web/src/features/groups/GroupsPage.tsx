// Groups that one belongs to: a class, a team. Managers see who is in them, add people and send invitations.
import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { ChevronDown, ChevronRight, Plus, UserRoundPlus, UsersRound } from 'lucide-react';
import { deleteGroup, listGroups, makeGroup, renameGroup, takeMember } from '../../api/groups';
import type { Account, Group } from '../../api/schema';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { failureWords } from '../failure';
import { Invitation } from './Invitation';
import { Members } from './Members';
import './groups.css';

type Asked = { readonly kind: 'new' } | { readonly kind: 'rename' | 'delete' | 'leave'; readonly group: Group };

export function GroupsPage({ account }: { account: Account }) {
  const [groups, setGroups] = useState<readonly Group[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(() => new URLSearchParams(location.search).get('group'));
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = useCallback(() => setAsked(null), []);
  const read = useCallback(async () => {
    try {
      setGroups(await listGroups());
      setFault(null);
    } catch (error) {
      setFault(failureWords(error));
    }
  }, []);
  useEffect(() => void read(), [read]);
  const attempt = async (work: () => Promise<unknown>) => {
    close();
    try {
      await work();
      await read();
    } catch (error) {
      setFault(failureWords(error));
    }
  };
  const startNew = <button type="button" className="al-button al-button-primary" onClick={() => setAsked({ kind: 'new' })}><Plus size={16} aria-hidden />{t('groups.new')}</button>;
  return (
    <>
      <div className="folder-head"><h1>{t('place.groups')}</h1>{groups && groups.length > 0 && startNew}</div>
      <div className="groups">
        {fault && <p className="al-fault" role="alert">{fault} <button type="button" className="al-button" onClick={() => void read()}>{t('tryAgain')}</button></p>}
        {!groups && !fault && <p className="al-hint" role="status">{t('loading')}</p>}
        {groups?.length === 0 && <div className="list-state"><UsersRound size={40} aria-hidden /><h2>{t('groups.none')}</h2><p>{t('groups.noneMore')}</p>{startNew}</div>}
        {groups && groups.length > 0 && <ul>{groups.map(group => {
          const isOpen = open === group.id;
          const Arrow = isOpen ? ChevronDown : ChevronRight;
          return (
            <li key={group.id}>
              <h2><button type="button" aria-expanded={isOpen} onClick={() => setOpen(isOpen ? null : group.id)}>
                <Arrow size={18} aria-hidden /><span className="groups-title">{group.title}</span><span className="groups-facts">{t(`groups.part.${group.part}`)} · {t('groups.people', { count: group.members })}</span>
              </button></h2>
              {isOpen && <div className="groups-inside">
                {group.part === 'manager' ? <>
                  <Invitation group={group} onChanged={read} />
                  <Members group={group} account={account} onChanged={read} />
                  <div className="groups-deeds">
                    <button type="button" className="al-button" onClick={() => setAsked({ kind: 'rename', group })}>{t('groups.rename')}</button>
                    <button type="button" className="al-button" onClick={() => setAsked({ kind: 'delete', group })}>{t('groups.delete')}</button>
                  </div>
                </> : <>
                  <p>{t('groups.memberText')}</p>
                  <button type="button" className="al-button" onClick={() => setAsked({ kind: 'leave', group })}>{t('groups.leave')}</button>
                </>}
              </div>}
            </li>
          );
        })}</ul>}
      </div>
      {asked?.kind === 'new' && <TitleDialog title={t('groups.new')} action={t('groups.make')} before="" onClose={close} onTitle={title => attempt(async () => setOpen((await makeGroup(title)).id))} />}
      {asked?.kind === 'rename' && <TitleDialog title={t('groups.rename')} action={t('groups.renameGo')} before={asked.group.title} onClose={close} onTitle={title => attempt(() => renameGroup(asked.group.id, title))} />}
      {(asked?.kind === 'delete' || asked?.kind === 'leave') && (
        <Modal title={t(`groups.${asked.kind}Title`, { title: asked.group.title })} onClose={close} actions={<>
          <button type="button" className="al-button" onClick={close}>{t('cancel')}</button>
          <button type="button" className="al-button al-button-danger" onClick={() => void attempt(() => (asked.kind === 'delete' ? deleteGroup(asked.group.id) : takeMember(asked.group.id, account.id)))}>{t(`groups.${asked.kind}`)}</button>
        </>}><p>{t(`groups.${asked.kind}Text`)}</p></Modal>
      )}
    </>
  );
}

/** For a new group and for another title. */
function TitleDialog({ title, action, before, onClose, onTitle }: { title: string; action: string; before: string; onClose: () => void; onTitle: (title: string) => Promise<void> }) {
  const [text, setText] = useState(before);
  const form = useId();
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) void onTitle(text.trim());
  };
  return (
    <Modal title={title} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
      <button type="submit" form={form} className="al-button al-button-primary" disabled={text.trim() === ''}><UserRoundPlus size={16} aria-hidden />{action}</button>
    </>}>
      <form id={form} onSubmit={go}><Field label={t('groups.title')} hint={t('groups.titleHint')} maxLength={80} value={text} onChange={event => setText(event.target.value)} /></form>
    </Modal>
  );
}
