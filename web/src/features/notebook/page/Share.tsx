// With whom the notebook is shared, and for its owner how: people by name, everyone here, whoever has the link; who asks for it; giving it away.
import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { Globe, Link, Lock, UsersRound, X } from 'lucide-react';
import { ApiError } from '../../../api/client';
import { listGroups } from '../../../api/groups';
import type { AccessRequest, DocumentShare, Group, Person } from '../../../api/schema';
import { type Gift, giveAway, listAccessRequests, listShares, refuseAccess, sharedAddress, shareWith, takeBack } from '../../../api/sharing';
import { colourOf, initials } from '../../../core/presence';
import { type SharedRole, sharedRoles } from '../../../core/role';
import { dateTime, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';
import './share.css';

/** Seconds; '' is for good. */
const durations = { '': null, day: 86_400, week: 604_800, month: 2_592_000 } as const;
type Lasting = keyof typeof durations;

interface Known {
  readonly shares: readonly DocumentShare[];
  readonly requests: readonly AccessRequest[];
  /** One's own, for the owner to give it to. */
  readonly groups: readonly Group[];
}

const nameOf = (person: Person) => person.display_name || person.name;

function Face({ person }: { person: Person }) {
  return <span className={`nb-person al-person-${colourOf(person.id)}`} aria-hidden>{initials(nameOf(person))}</span>;
}

export function Share({ page, onClose }: { page: Page; onClose: () => void }) {
  const { account, owner, role } = useStore(page.store);
  const document = page.deeds?.document() ?? null;
  const isOwner = role === 'owner';
  const [known, setKnown] = useState<Known | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const read = useCallback(async () => {
    if (document === null) return;
    const [shares, requests, groups] = await Promise.all([listShares(document), isOwner ? listAccessRequests(document) : [], isOwner ? listGroups() : []]);
    setKnown({ shares, requests, groups });
    if (isOwner && requests.length === 0) page.lower('asked');
  }, [document, isOwner, page]);
  useEffect(() => void read().catch((error: unknown) => setFault(failureWords(error))), [read]);
  /** Does it and shows how things stand then; true when it was done. */
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setFault(null);
      await read();
      return true;
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 404 ? t('share.noSuch') : failureWords(error));
      return false;
    }
  };
  if (document === null) return null;
  const give = (gift: Gift) => attempt(() => shareWith(document, gift));
  const take = (share: DocumentShare) => attempt(() => takeBack(document, share.id));
  const copyLink = () => {
    const address = new URL(sharedAddress(document), location.origin).href;
    navigator.clipboard.writeText(address).then(() => setSaid(t('share.linkCopied')), () => setSaid(t('cell.linkNotCopied', { address })));
  };
  const away = (person: Person) => page.show({ kind: 'confirm', title: t('share.giveTitle', { name: nameOf(person) }), text: t('share.giveText', { name: nameOf(person) }), action: t('share.give'), danger: true,
    run: () => void giveAway(document, person.name).catch((error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' })) });
  const people = known?.shares.filter(share => share.person) ?? [];
  const given = known?.shares.filter(share => share.group) ?? [];
  const notGiven = known?.groups.filter(group => !given.some(share => share.group?.id === group.id)) ?? [];
  return (
    <Modal title={t('share.title', { name: page.state.name.replace(/\.ipynb$/, '') })} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={copyLink}><Link size={16} aria-hidden />{t('share.copyLink')}</button>
      <button type="button" className="al-button al-button-primary" onClick={onClose}>{t('share.done')}</button>
    </>}>
      <div className="nb-sharing">
        {isOwner && <AddPerson onAdd={give} />}
        {fault && <p className="nb-danger" role="alert">{fault}</p>}
        <p className="al-hidden-text" role="status">{said}</p>
        {!known && !fault && <p role="status">{t('history.loading')}</p>}
        {known && known.requests.length > 0 && <section><h3>{t('share.asking')}</h3><ul>{known.requests.map(request => (
          <li key={request.person.id}>
            <Face person={request.person} />
            <span className="nb-share-name"><strong>{nameOf(request.person)}</strong><span>{[t(`role.${request.role}`), request.message].filter(Boolean).join(' · ')}</span></span>
            <button type="button" className="al-button" onClick={() => void attempt(() => refuseAccess(document, request.person.id))}>{t('share.refuse')}</button>
            <button type="button" className="al-button al-button-primary" onClick={() => void give({ whom: 'account', account: request.person.name, role: request.role })}>{t('share.allow')}</button>
          </li>
        ))}</ul></section>}
        {known && <section>
          <h3>{t('share.people')}</h3>
          <ul>
            <li>
              {owner ? <Face person={owner} /> : account && <Face person={account} />}
              <span className="nb-share-name"><strong>{owner ? nameOf(owner) : account ? t('share.you', { name: nameOf(account) }) : ''}</strong></span>
              <span className="nb-share-role">{t('role.owner')}</span>
            </li>
            {people.map(share => share.person && (
              <li key={share.id}>
                <Face person={share.person} />
                <span className="nb-share-name"><strong>{nameOf(share.person)}</strong><span>{[nameOf(share.person) === share.person.name ? '' : share.person.name, share.expires_at ? t('share.until', { time: dateTime(new Date(share.expires_at)) }) : ''].filter(Boolean).join(' · ')}</span></span>
                {isOwner ? <>
                  <RoleChoice label={t('share.roleOf', { name: nameOf(share.person) })} role={choiceOf(share)} onRole={next => share.person && (next === 'owner' ? away(share.person) : void give({ whom: 'account', account: share.person.name, ...giftOf(next) }))} canBeOwner />
                  <button type="button" className="al-icon-button" title={t('share.remove', { name: nameOf(share.person) })} aria-label={t('share.remove', { name: nameOf(share.person) })} onClick={() => void take(share)}><X size={16} aria-hidden /></button>
                </> : <span className="nb-share-role">{t(`role.${choiceOf(share)}`)}</span>}
              </li>
            ))}
          </ul>
        </section>}
        {(given.length > 0 || notGiven.length > 0) && <section>
          <h3>{t('share.groups')}</h3>
          <ul>{given.map(share => share.group && (
            <li key={share.id}>
              <span className="nb-share-picture" aria-hidden><UsersRound size={18} /></span>
              <span className="nb-share-name"><strong>{share.group.title}</strong><span>{share.expires_at ? t('share.until', { time: dateTime(new Date(share.expires_at)) }) : ''}</span></span>
              {isOwner ? <>
                <RoleChoice label={t('share.roleOf', { name: share.group.title })} role={choiceOf(share)} onRole={next => share.group && next !== 'owner' && void give({ whom: 'group', group: share.group.id, ...giftOf(next) })} />
                <button type="button" className="al-icon-button" title={t('share.remove', { name: share.group.title })} aria-label={t('share.remove', { name: share.group.title })} onClick={() => void take(share)}><X size={16} aria-hidden /></button>
              </> : <span className="nb-share-role">{t(`role.${share.role}`)}</span>}
            </li>
          ))}</ul>
          {notGiven.length > 0 && <select className="al-input nb-share-choice" aria-label={t('share.addGroup')} value="" onChange={event => void give({ whom: 'group', group: event.target.value, role: 'viewer' })}>
            <option value="" disabled>{t('share.addGroup')}</option>
            {notGiven.map(group => <option key={group.id} value={group.id}>{group.title}</option>)}
          </select>}
        </section>}
        {known && <General shares={known.shares} isOwner={isOwner} onGive={give} onTake={take} />}
      </div>
    </Modal>
  );
}

/** A role, or that of an editor who may run it in the owner's runtime. */
type Choice = SharedRole | 'lent';
const choices = [...sharedRoles, 'lent'] as const;
const choiceOf = (share: DocumentShare): string => (share.in_runtime ? 'lent' : share.role);
const giftOf = (choice: Choice): Pick<Gift, 'role' | 'in_runtime'> => (choice === 'lent' ? { role: 'editor', in_runtime: true } : { role: choice });

/** `isLink`: whoever comes by a link uses nobody else's runtime. */
function RoleChoice({ label, role, onRole, canBeOwner = false, isLink = false }: { label: string; role: string; onRole: (role: Choice | 'owner') => void; canBeOwner?: boolean; isLink?: boolean }) {
  return (
    <select className="al-input nb-share-choice" aria-label={label} value={role} onChange={event => onRole(event.target.value as Choice | 'owner')}>
      {choices.filter(each => each !== 'lent' || !isLink).map(each => <option key={each} value={each}>{t(`role.${each}`)}</option>)}
      {canBeOwner && <option value="owner">{t('share.makeOwner')}</option>}
    </select>
  );
}

function AddPerson({ onAdd }: { onAdd: (gift: Gift) => Promise<boolean> }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Choice>('editor');
  const [lasting, setLasting] = useState<Lasting>('');
  const field = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const seconds = durations[lasting];
    if (name.trim() === '') return;
    if (await onAdd({ whom: 'account', account: name.trim(), ...giftOf(role), ...(seconds === null ? {} : { expires_in_s: seconds }) })) setName('');
  };
  return (
    <form className="nb-share-add" onSubmit={event => void add(event)}>
      <label htmlFor={field}>{t('share.add')}</label>
      <div>
        <input id={field} className="al-input" autoComplete="off" spellCheck={false} autoCapitalize="none" placeholder={t('share.addHint')} value={name} onChange={event => setName(event.target.value)} />
        <RoleChoice label={t('share.roleOfNew')} role={role} onRole={next => next !== 'owner' && setRole(next)} />
        <select className="al-input nb-share-choice" aria-label={t('share.lasting')} value={lasting} onChange={event => setLasting(event.target.value as Lasting)}>
          {(Object.keys(durations) as Lasting[]).map(each => <option key={each} value={each}>{t(`share.lasting.${each || 'always'}`)}</option>)}
        </select>
        <button type="submit" className="al-button al-button-primary" disabled={name.trim() === ''}>{t('share.addGo')}</button>
      </div>
    </form>
  );
}

type Reach = 'nobody' | 'everyone' | 'link';
const pictures = { nobody: Lock, everyone: UsersRound, link: Globe };

/** Beyond people by name: nobody else, everyone with an account, or whoever has the link. */
function General({ shares, isOwner, onGive, onTake }: { shares: readonly DocumentShare[]; isOwner: boolean; onGive: (gift: Gift) => Promise<boolean>; onTake: (share: DocumentShare) => Promise<boolean> }) {
  const wide = shares.find(share => share.whom === 'link') ?? shares.find(share => share.whom === 'everyone');
  const reach: Reach = wide?.whom === 'link' || wide?.whom === 'everyone' ? wide.whom : 'nobody';
  const Picture = pictures[reach];
  const change = async (next: Reach) => {
    if (next !== 'nobody' && !(await onGive({ whom: next, role: wide?.role ?? 'viewer' }))) return;
    for (const share of shares) if ((share.whom === 'link' || share.whom === 'everyone') && share.whom !== next) await onTake(share);
  };
  return (
    <section>
      <h3>{t('share.general')}</h3>
      <div className="nb-share-general">
        <span className="nb-share-picture" aria-hidden><Picture size={18} /></span>
        <span className="nb-share-name">
          {isOwner ? <select className="al-input nb-share-choice" aria-label={t('share.general')} value={reach} onChange={event => void change(event.target.value as Reach)}>
            {(['nobody', 'everyone', 'link'] as const).map(each => <option key={each} value={each}>{t(`share.reach.${each}`)}</option>)}
          </select> : <strong>{t(`share.reach.${reach}`)}</strong>}
          <span>{t(`share.reach.${reach}.text`)}</span>
        </span>
        {wide && (isOwner ? <RoleChoice label={t('share.roleOfAll')} role={choiceOf(wide)} isLink={wide.whom === 'link'} onRole={next => (wide.whom === 'link' || wide.whom === 'everyone') && next !== 'owner' && void onGive({ whom: wide.whom, ...giftOf(next) })} /> : <span className="nb-share-role">{t(`role.${wide.role}`)}</span>)}
      </div>
    </section>
  );
}
