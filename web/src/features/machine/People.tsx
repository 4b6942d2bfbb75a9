// Who has an account: making one, a link for who has forgotten the password, closing, opening again, deleting for good.
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { closeAccount, eraseAccount, findAccounts, makeAccount, makeLink, reopenAccount } from '../../api/machine';
import type { Account } from '../../api/schema';
import { dateWords } from '../../core/date-words';
import { Field } from '../../ui/field';
import { locale, t } from '../../ui/i18n';
import { failureWords } from '../failure';

const atOnce = 50; // rows
const mostRows = 200; // of one answer
const pause = 200; // milliseconds after the last key

interface Said {
  readonly words: string;
  readonly link?: string;
}

export function People() {
  const [found, setFound] = useState<{ readonly accounts: readonly Account[]; readonly all: number } | null>(null);
  const [words, setWords] = useState('');
  const [said, setSaid] = useState<Said | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const wanted = words.trim();
  const asked = useRef(0); // an answer that was overtaken is left out
  const rows = useRef(atOnce);
  const look = useCallback(async () => {
    const question = (asked.current += 1);
    const { accounts, found: all } = await findAccounts(wanted, '', Math.min(mostRows, rows.current));
    if (question === asked.current) setFound({ accounts, all });
  }, [wanted]);
  const more = async () => {
    const question = (asked.current += 1);
    const { accounts, found: all } = await findAccounts(wanted, found?.accounts.at(-1)?.name ?? '', atOnce);
    if (question !== asked.current) return;
    rows.current += accounts.length;
    setFound({ accounts: [...(found?.accounts ?? []), ...accounts], all });
  };
  const attempt = useCallback(async (work: () => Promise<Said | null>): Promise<boolean> => {
    try {
      const done = await work();
      setFault(null);
      setSaid(done);
      await look();
      return true;
    } catch (error) {
      setSaid(null);
      setFault(failureWords(error));
      return false;
    }
  }, [look]);
  useEffect(() => {
    rows.current = atOnce;
    const timer = setTimeout(() => void look().catch((error: unknown) => setFault(failureWords(error))), wanted === '' ? 0 : pause);
    return () => clearTimeout(timer);
  }, [look, wanted]);
  const left = found ? found.all - found.accounts.length : 0;
  return (
    <>
      <h2>{t('people.title')}</h2>
      <MakeOne onMake={name => attempt(async () => {
        await makeAccount(name);
        return { words: t('people.made', { name }), link: await makeLink(name) };
      })} />
      <div className="machine-said" role="status">{said && <p>{said.words}</p>}{said?.link && <input className="al-input" readOnly aria-label={t('people.linkIs')} value={said.link} onFocus={event => event.target.select()} />}</div>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
      <Field label={t('people.search')} type="search" autoComplete="off" spellCheck={false} value={words} onChange={event => setWords(event.target.value)} />
      {found?.accounts.length === 0 && <p className="decisions-none">{t('people.none')}</p>}
      {found && found.accounts.length > 0 && <div className="staff-scroll" tabIndex={0} role="region" aria-label={t('people.title')}>
        <table className="staff-table">
          <thead><tr><th scope="col">{t('people.account')}</th><th scope="col">{t('people.since')}</th><th scope="col">{t('people.state')}</th><th scope="col"><span className="al-hidden-text">{t('people.change')}</span></th></tr></thead>
          <tbody>{found.accounts.map(account => <Row key={account.id} account={account} attempt={attempt} />)}</tbody>
        </table>
      </div>}
      {left > 0 && <button type="button" className="al-button" onClick={() => void more().catch((error: unknown) => setFault(failureWords(error)))}>{t('people.more', { count: left })}</button>}
    </>
  );
}

function MakeOne({ onMake }: { onMake: (name: string) => Promise<boolean> }) {
  const [name, setName] = useState('');
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (await onMake(name.trim())) setName('');
  };
  return (
    <details className="staff-exempt">
      <summary>{t('people.make')}</summary>
      <p className="al-hint">{t('people.make.hint')}</p>
      <form className="staff-form machine-form" onSubmit={event => void make(event)}>
        <Field label={t('people.name')} required maxLength={32} autoComplete="off" spellCheck={false} autoCapitalize="none" value={name} onChange={event => setName(event.target.value)} />
        <button type="submit" className="al-button al-button-primary">{t('people.makeGo')}</button>
      </form>
    </details>
  );
}

function Row({ account, attempt }: { account: Account; attempt: (work: () => Promise<Said | null>) => Promise<boolean> }) {
  const [asks, setAsks] = useState<'close' | 'erase' | null>(null);
  const { name, display_name, admin, created_at, closed_at } = account;
  const since = (at: string) => dateWords(new Date(at), new Date(), locale());
  const act = (label: string, run: () => void, danger = false) => <button type="button" className={`al-button${danger ? ' al-danger' : ''}`} aria-label={t('people.doOf', { what: label, name })} onClick={run}>{label}</button>;
  return (
    <tr>
      <th scope="row">{display_name || name}<small>{[display_name && display_name !== name ? name : '', admin ? t('people.admin') : ''].filter(Boolean).join(' · ')}</small></th>
      <td><time dateTime={created_at}>{since(created_at)}</time></td>
      <td>{closed_at ? <time dateTime={closed_at}>{t('people.closedSince', { time: since(closed_at) })}</time> : t('people.open')}</td>
      <td>{asks === null ? <div className="machine-stop">
        {closed_at ? <>
          {act(t('people.reopen'), () => void attempt(async () => { await reopenAccount(name); return { words: t('people.reopened', { name }) }; }))}
          {act(t('people.erase'), () => setAsks('erase'), true)}
        </> : <>
          {!admin && act(t('people.link'), () => void attempt(async () => ({ words: t('people.linkMade', { name }), link: await makeLink(name) })))}
          {act(t('people.close'), () => setAsks('close'), true)}
        </>}
      </div> : <Asking what={asks} name={name} onLeave={() => setAsks(null)} onGo={async text => {
        const done = await attempt(async () => {
          await (asks === 'close' ? closeAccount(name, text) : eraseAccount(name));
          return { words: t(asks === 'close' ? 'people.closed' : 'people.erased', { name }) };
        });
        if (done) setAsks(null);
      }} />}</td>
    </tr>
  );
}

/** To close one needs a reason, to delete one its name. */
function Asking({ what, name, onGo, onLeave }: { what: 'close' | 'erase'; name: string; onGo: (text: string) => Promise<void>; onLeave: () => void }) {
  const [text, setText] = useState('');
  const label = what === 'close' ? t('staff.reason') : t('people.typeName', { name });
  const isRight = what === 'close' ? text.trim() !== '' : text.trim() === name;
  return (
    <form className="machine-stop" onSubmit={event => { event.preventDefault(); if (isRight) void onGo(text.trim()); }}>
      {what === 'erase' && <p className="al-hint">{t('people.eraseText')}</p>}
      <input className="al-input" aria-label={label} placeholder={label} maxLength={500} autoFocus autoComplete="off" spellCheck={what === 'close'} value={text} onChange={event => setText(event.target.value)} />
      <button type="submit" className="al-button al-button-danger" disabled={!isRight}>{t(what === 'close' ? 'people.close' : 'people.erase')}</button>
      <button type="button" className="al-button" onClick={onLeave}>{t('cancel')}</button>
    </form>
  );
}
