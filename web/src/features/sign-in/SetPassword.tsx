// After a one-time link: the link is used up now, so a password is the way back.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { KeyRound } from 'lucide-react';
import { changePassword } from '../../api/account';
import type { Account } from '../../api/schema';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { passwordFault } from '../password';
import { Card } from './Card';

export function SetPassword({ account, onDone }: { account: Account; onDone: () => void }) {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [faults, setFaults] = useState<{ first?: string; second?: string; all?: string }>({});
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fault = passwordFault(first);
    if (fault) return setFaults({ first: fault });
    if (first !== second) return setFaults({ second: t('password.differ') });
    setBusy(true);
    setFaults({});
    try {
      await changePassword(first);
      onDone();
    } catch (error) {
      setBusy(false);
      setFaults({ all: failureWords(error) });
    }
  };
  return (
    <Card title={t('setPassword.title')} lead={t('setPassword.lead', { name: account.name })} icon={<KeyRound size={28} aria-hidden />}>
      <form onSubmit={event => void submit(event)} noValidate>
        <input type="text" name="username" autoComplete="username" value={account.name} readOnly hidden />
        <Field label={t('password.new')} type="password" autoComplete="new-password" input={input} value={first} hint={t('password.rule')} fault={faults.first} onChange={event => setFirst(event.target.value)} />
        <Field label={t('password.again')} type="password" autoComplete="new-password" value={second} fault={faults.second} onChange={event => setSecond(event.target.value)} />
        {faults.all && <p className="al-fault" role="alert">{faults.all}</p>}
        <button type="submit" className="al-button al-button-primary sign-in-wide" disabled={busy}>{t('setPassword.go')}</button>
        <button type="button" className="al-button al-button-quiet sign-in-wide" onClick={onDone}>{t('setPassword.later')}</button>
        <p className="al-hint">{t('setPassword.laterMore')}</p>
      </form>
    </Card>
  );
}
