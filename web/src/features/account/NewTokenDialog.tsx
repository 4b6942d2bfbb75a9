import { type FormEvent, useState } from 'react';
import { createToken, scopes } from '../../api/account';
import type { MadeToken } from '../../api/schema';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { failureWords } from '../failure';

const day = 24 * 3600;
const lives = [7, 30, 90, 365, null] as const;
const usual: readonly string[] = ['read_account', 'read_contents', 'write_contents', 'run_code', 'stop_runtimes'];

export function NewTokenDialog({ admin, onMade, onClose }: { admin: boolean; onMade: (token: MadeToken) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(usual));
  const [days, setDays] = useState<number | null>(90);
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return setFault(t('tokens.needName'));
    if (chosen.size === 0) return setFault(t('tokens.needScope'));
    setBusy(true);
    try {
      onMade(await createToken({ name: name.trim(), scopes: scopes.filter(scope => chosen.has(scope)), ...(days === null ? {} : { expires_in_s: days * day }) }));
    } catch (error) {
      setBusy(false);
      setFault(failureWords(error));
    }
  };
  const turn = (scope: string) => setChosen(before => {
    const next = new Set(before);
    if (!next.delete(scope)) next.add(scope);
    return next;
  });
  return (
    <Modal title={t('tokens.new')} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
      <button type="submit" form="new-token" className="al-button al-button-primary" disabled={busy}>{t('tokens.make')}</button>
    </>}>
      <form id="new-token" onSubmit={event => void make(event)} noValidate>
        <Field label={t('tokens.name')} hint={t('tokens.nameMore')} maxLength={100} value={name} onChange={event => setName(event.target.value)} />
        <div className="al-field">
          <label htmlFor="token-life">{t('tokens.life')}</label>
          <select id="token-life" className="al-input" value={days ?? ''} onChange={event => setDays(event.target.value === '' ? null : Number(event.target.value))}>
            {lives.map(life => <option key={life} value={life ?? ''}>{life === null ? t('tokens.noEnd') : t('tokens.days', { count: life })}</option>)}
          </select>
        </div>
        <fieldset className="token-scopes">
          <legend className="al-label">{t('tokens.may')}</legend>
          {scopes.filter(scope => admin || scope !== 'administer').map(scope => (
            <label key={scope}><input type="checkbox" checked={chosen.has(scope)} onChange={() => turn(scope)} /> <span>{t(`scope.${scope}`)}<code>{scope}</code></span></label>
          ))}
        </fieldset>
        {fault && <p className="al-fault" role="alert">{fault}</p>}
      </form>
    </Modal>
  );
}
