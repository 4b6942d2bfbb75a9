// Who are you: by name and password, or by the one-time link that brought the person here.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ArrowRight, Clock, Unlink } from 'lucide-react';
import { signIn, signInByLink } from '../../api/account';
import { ApiError } from '../../api/client';
import type { Account } from '../../api/schema';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { failureWords } from '../failure';
import { Card } from './Card';
import { SetPassword } from './SetPassword';
import { useCountdown } from './use-countdown';

interface SignInProps {
  /** The secret of a one-time link. */
  readonly link: string | null;
  /** Whether the person wanted a certain page and was sent here. */
  readonly sentHere: boolean;
  readonly onDone: () => void;
}

type Step = { readonly kind: 'password' } | { readonly kind: 'link'; readonly link: string } | { readonly kind: 'link-failed'; readonly message: string } | { readonly kind: 'set-password'; readonly account: Account };

export function SignIn({ link, sentHere, onDone }: SignInProps) {
  const [step, setStep] = useState<Step>(link ? { kind: 'link', link } : { kind: 'password' });
  const accept = (account: Account) => (account.has_password ? onDone() : setStep({ kind: 'set-password', account }));
  if (step.kind === 'link') return <ByLink link={step.link} onSignedIn={accept} onFailed={message => setStep({ kind: 'link-failed', message })} />;
  if (step.kind === 'set-password') return <SetPassword account={step.account} onDone={onDone} />;
  if (step.kind === 'link-failed') return <LinkFailed message={step.message} onPassword={() => setStep({ kind: 'password' })} />;
  return <ByPassword sentHere={sentHere} onSignedIn={onDone} />;
}

function ByLink({ link, onSignedIn, onFailed }: { link: string; onSignedIn: (account: Account) => void; onFailed: (message: string) => void }) {
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return; // the link works once
    begun.current = true;
    signInByLink(link).then(onSignedIn, error => onFailed(error instanceof ApiError && error.status === 401 ? '' : failureWords(error)));
  }, [link, onSignedIn, onFailed]);
  return <Card title={t('signIn.byLink')}><p role="status">{t('signIn.oneMoment')}</p></Card>;
}

function LinkFailed({ message, onPassword }: { message: string; onPassword: () => void }) {
  return (
    <Card title={t('signIn.linkFailed')} icon={<Unlink size={28} aria-hidden />}>
      <p role="alert">{message || t('signIn.linkUsed')}</p>
      <p>{t('signIn.newLink')}</p>
      <code className="sign-in-command">allmende link</code>
      <button type="button" className="al-button al-button-primary sign-in-wide" onClick={onPassword}>{t('signIn.withPassword')}</button>
    </Card>
  );
}

function ByPassword({ sentHere, onSignedIn }: { sentHere: boolean; onSignedIn: () => void }) {
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [wait, beginWait] = useCountdown();
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const missing = !name.current?.value.trim() ? name : !password.current?.value ? password : null;
    if (missing) {
      setFault(t(missing === name ? 'signIn.needName' : 'signIn.needPassword'));
      return missing.current?.focus();
    }
    setBusy(true);
    setFault(null);
    try {
      await signIn(name.current?.value.trim() ?? '', password.current?.value ?? '');
      onSignedIn();
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.status === 429) return beginWait(error.retryAfterSeconds ?? 30);
      setFault(error instanceof ApiError && error.status === 401 ? t('signIn.wrong') : failureWords(error));
      password.current?.select();
    }
  };
  return (
    <Card title={t('signIn.title')} lead={sentHere ? t('signIn.sentHere') : t('signIn.lead')}>
      <form onSubmit={event => void submit(event)} noValidate>
        <Field label={t('signIn.name')} input={name} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} />
        <Field label={t('signIn.password')} input={password} name="password" type="password" autoComplete="current-password" />
        <div aria-live="assertive" className="sign-in-fault">
          {wait > 0 ? <p className="sign-in-wait"><Clock size={16} aria-hidden /> <span aria-hidden>{t('signIn.wait', { count: wait })}</span><span className="al-hidden-text">{t('signIn.waitOnce')}</span></p> : fault && <p className="al-fault">{fault}</p>}
        </div>
        <button type="submit" className="al-button al-button-primary sign-in-wide" disabled={busy || wait > 0}>{busy ? t('signIn.oneMoment') : <>{t('signIn.go')} <ArrowRight size={16} aria-hidden /></>}</button>
      </form>
      <details className="sign-in-help">
        <summary>{t('signIn.noWay')}</summary>
        <p>{t('signIn.noWayMore')}</p>
      </details>
    </Card>
  );
}
