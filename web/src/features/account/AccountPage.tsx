// The account: name, password, language, look, API tokens.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { changeAccount, changePassword } from '../../api/account';
import { ApiError } from '../../api/client';
import { addressOf } from '../../api/config';
import type { Account } from '../../api/schema';
import { Field } from '../../ui/field';
import { keepLanguage, language, type Language, languages, t } from '../../ui/i18n';
import { chooseTheme, type ThemeChoice, themeChoice } from '../../ui/theme';
import { failureWords } from '../failure';
import { passwordFault } from '../password';
import { Limits } from './Limits';
import { Tokens } from './Tokens';
import './account.css';

interface AccountPageProps {
  readonly account: Account;
  readonly onChanged: (account: Account) => void;
  readonly onSignOut: () => void;
}

export function AccountPage({ account, onChanged, onSignOut }: AccountPageProps) {
  return (
    <div className="account">
      <div className="account-inside">
        <h1>{t('place.account')}</h1>
        <Part title={t('account.profile')}><Profile account={account} onChanged={onChanged} /></Part>
        <Part title={t('account.look')}><Look onChanged={onChanged} /></Part>
        <Part title={t('account.password')}><Password account={account} onChanged={onChanged} /></Part>
        <Part id="limits" title={t('limits.title')}><Limits /></Part>
        <Part title={t('tokens.title')}><Tokens admin={account.admin} /></Part>
        <Part title={t('account.signOut')}>
          <p>{t('account.signOutText')}</p>
          <button type="button" className="al-button" onClick={onSignOut}>{t('account.signOut')}</button>
        </Part>
        <p className="al-hint"><a className="al-link" href={addressOf('api/openapi.json')} target="_blank" rel="noopener">{t('account.apiDocs')}</a></p>
      </div>
    </div>
  );
}

function Part({ id, title, children }: { id?: string; title: string; children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (id && location.hash === `#${id}`) box.current?.scrollIntoView();
  }, [id]);
  return <section className="account-part" id={id} ref={box} aria-label={title}><h2>{title}</h2><div>{children}</div></section>;
}

type Outcome = { readonly kind: 'none' } | { readonly kind: 'saved'; readonly text: string } | { readonly kind: 'failed'; readonly text: string };

function Said({ outcome }: { outcome: Outcome }) {
  return <p role="status" className={outcome.kind === 'failed' ? 'al-fault' : 'account-saved'}>{outcome.kind === 'none' ? '' : outcome.text}</p>;
}

function Profile({ account, onChanged }: { account: Account; onChanged: (account: Account) => void }) {
  const [name, setName] = useState(account.display_name);
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      onChanged(await changeAccount({ display_name: name.trim() }));
      setOutcome({ kind: 'saved', text: t('account.saved') });
    } catch (error) {
      setOutcome({ kind: 'failed', text: failureWords(error) });
    }
  };
  return (
    <form onSubmit={event => void save(event)}>
      <p className="account-name">{t('account.signInName')} <strong>{account.name}</strong>{account.admin && <span className="account-admin">{t('account.admin')}</span>}</p>
      <Field label={t('account.displayName')} hint={t('account.displayNameMore')} value={name} maxLength={100} autoComplete="name" onChange={event => setName(event.target.value)} />
      <button type="submit" className="al-button al-button-primary" disabled={name.trim() === '' || name.trim() === account.display_name}>{t('save')}</button>
      <Said outcome={outcome} />
    </form>
  );
}

const looks: readonly ThemeChoice[] = ['system', 'light', 'dark'];

function Look({ onChanged }: { onChanged: (account: Account) => void }) {
  const [look, setLook] = useState(themeChoice());
  const [tongue, setTongue] = useState(language());
  const [fault, setFault] = useState<string | null>(null);
  const keep = async (change: Parameters<typeof changeAccount>[0]): Promise<boolean> => {
    try {
      onChanged(await changeAccount(change));
      setFault(null);
      return true;
    } catch (error) {
      setFault(failureWords(error));
      return false;
    }
  };
  const onLook = (next: ThemeChoice) => {
    chooseTheme(next);
    setLook(next);
    void keep({ theme: next === 'system' ? '' : next });
  };
  const onLanguage = async (next: Language) => {
    setTongue(next);
    if (!(await keep({ locale: next }))) return setTongue(language());
    keepLanguage(next);
    location.reload();
  };
  return (
    <>
      <fieldset className="account-choices">
        <legend className="al-label">{t('theme')}</legend>
        {looks.map(each => <label key={each}><input type="radio" name="theme" checked={look === each} onChange={() => onLook(each)} /> {t(`theme.${each}`)}</label>)}
      </fieldset>
      <fieldset className="account-choices">
        <legend className="al-label">{t('language')}</legend>
        {languages.map(each => <label key={each} lang={each}><input type="radio" name="language" checked={tongue === each} onChange={() => void onLanguage(each)} /> {t(`language.${each}`)}</label>)}
      </fieldset>
      {fault && <p className="al-fault" role="alert">{fault}</p>}
    </>
  );
}

function Password({ account, onChanged }: { account: Account; onChanged: (account: Account) => void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [faults, setFaults] = useState<{ next?: string; again?: string }>({});
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setOutcome({ kind: 'none' });
    const fault = passwordFault(next);
    if (fault) return setFaults({ next: fault });
    if (next !== again) return setFaults({ again: t('password.differ') });
    setFaults({});
    try {
      await changePassword(next, account.has_password ? current : undefined);
      setOutcome({ kind: 'saved', text: t('password.saved') });
      setCurrent('');
      setNext('');
      setAgain('');
      onChanged({ ...account, has_password: true });
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 403 && error.message !== 'Forbidden';
      setOutcome({ kind: 'failed', text: wrong ? t('password.wrong') : failureWords(error) });
    }
  };
  return (
    <form onSubmit={event => void save(event)} noValidate>
      <input type="text" name="username" autoComplete="username" value={account.name} readOnly hidden />
      {account.has_password ? <Field label={t('password.current')} type="password" autoComplete="current-password" value={current} onChange={event => setCurrent(event.target.value)} /> : <p>{t('password.none')}</p>}
      <Field label={t('password.new')} type="password" autoComplete="new-password" hint={t('password.rule')} fault={faults.next} value={next} onChange={event => setNext(event.target.value)} />
      <Field label={t('password.again')} type="password" autoComplete="new-password" fault={faults.again} value={again} onChange={event => setAgain(event.target.value)} />
      <button type="submit" className="al-button al-button-primary" disabled={next === '' || (account.has_password && current === '')}>{t(account.has_password ? 'password.change' : 'password.set')}</button>
      <Said outcome={outcome} />
    </form>
  );
}
