// Who is in a group, for its managers: adding by name, one or a whole list; parts; taking out.
import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { X } from 'lucide-react';
import { ApiError } from '../../api/client';
import { listMembers, putMember, takeMember } from '../../api/groups';
import type { Account, Group, GroupMember } from '../../api/schema';
import { namesTyped } from '../../core/names-typed';
import { t } from '../../ui/i18n';
import { failureWords } from '../failure';

export function Members({ group, account, onChanged }: { group: Group; account: Account; onChanged: () => Promise<void> }) {
  const [members, setMembers] = useState<readonly GroupMember[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const read = useCallback(async () => {
    try {
      setMembers(await listMembers(group.id));
    } catch (error) {
      setFault(failureWords(error));
    }
  }, [group.id]);
  useEffect(() => void read(), [read, group.members]);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      setFault(null);
    } catch (error) {
      setFault(failureWords(error));
    }
    await Promise.all([read(), onChanged()]);
  };
  return (
    <section aria-label={t('groups.members')}>
      <h3>{t('groups.members')}</h3>
      <AddPeople group={group} onAdded={() => attempt(async () => undefined)} />
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      {!members && !fault && <p className="al-hint" role="status">{t('loading')}</p>}
      <ul className="groups-members">{members?.map(({ person, part }) => {
        const name = person.display_name || person.name;
        return (
          <li key={person.id}>
            <span><strong>{name}</strong>{name !== person.name && <span className="al-hint"> {person.name}</span>}</span>
            <select className="al-input" aria-label={t('groups.partOf', { name })} value={part} onChange={event => void attempt(() => putMember(group.id, person.name, event.target.value))}>
              <option value="member">{t('groups.part.member')}</option>
              <option value="manager">{t('groups.part.manager')}</option>
            </select>
            <button type="button" className="al-icon-button" title={t('groups.takeOut', { name })} aria-label={t(person.id === account.id ? 'groups.leave' : 'groups.takeOut', { name })} onClick={() => void attempt(() => takeMember(group.id, person.id))}><X size={16} aria-hidden /></button>
          </li>
        );
      })}</ul>
    </section>
  );
}

/** Adds one after the other; what could not be added stays in the field. */
function AddPeople({ group, onAdded }: { group: Group; onAdded: () => Promise<void> }) {
  const [text, setText] = useState('');
  const [working, setWorking] = useState(false);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const field = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const names = namesTyped(text);
    if (names.length === 0 || working) return;
    setWorking(true);
    const unknown: string[] = [];
    let failure: string | null = null;
    for (const name of names) {
      try {
        await putMember(group.id, name, 'member');
      } catch (error) {
        unknown.push(name);
        if (!(error instanceof ApiError && error.status === 404)) failure = failureWords(error);
      }
    }
    setWorking(false);
    setSaid(t('groups.added', { count: names.length - unknown.length }));
    setFault(failure ?? (unknown.length > 0 ? t('groups.unknown', { names: unknown.join(', ') }) : null));
    setText(unknown.join('\n'));
    await onAdded();
  };
  return (
    <form className="groups-add" onSubmit={event => void add(event)}>
      <label htmlFor={field}>{t('groups.add')}</label>
      <textarea id={field} className="al-input" rows={2} spellCheck={false} autoCapitalize="none" placeholder={t('groups.addHint')} value={text} onChange={event => setText(event.target.value)} />
      <div><button type="submit" className="al-button" disabled={working || namesTyped(text).length === 0}>{t('groups.addGo')}</button><span className="al-hint" role="status">{said}</span></div>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </form>
  );
}
