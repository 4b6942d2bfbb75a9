// API tokens: made with a name, rights and an end; shown once; revoked when no longer needed.
import { useCallback, useEffect, useState } from 'react';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { listTokens, revokeToken } from '../../api/account';
import type { MadeToken, Token } from '../../api/schema';
import { dateWords, untilWords } from '../../core/date-words';
import { locale, t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { failureWords } from '../failure';
import { NewTokenDialog } from './NewTokenDialog';
import { TokenSecret } from './TokenSecret';

type Dialog = { readonly kind: 'new' } | { readonly kind: 'made'; readonly token: MadeToken } | { readonly kind: 'revoke'; readonly token: Token };

export function Tokens({ admin }: { admin: boolean }) {
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = useCallback(() => setDialog(null), []);
  const load = useCallback(() => {
    setFault(null);
    listTokens().then(setTokens, error => setFault(failureWords(error)));
  }, []);
  useEffect(load, [load]);
  const revoke = async (token: Token) => {
    close();
    try {
      await revokeToken(token.id);
    } catch (error) {
      return setFault(failureWords(error));
    }
    load();
  };
  return (
    <>
      <p>{t('tokens.lead')}</p>
      {fault && <p className="al-fault" role="alert">{fault} <button type="button" className="al-button" onClick={load}>{t('tryAgain')}</button></p>}
      {tokens === null && !fault && <p className="al-hint" role="status">{t('loading')}</p>}
      {tokens && tokens.length > 0 && <ul className="tokens">{tokens.map(token => <Line key={token.id} token={token} onRevoke={() => setDialog({ kind: 'revoke', token })} />)}</ul>}
      {tokens?.length === 0 && <p className="al-hint">{t('tokens.none')}</p>}
      <button type="button" className="al-button" onClick={() => setDialog({ kind: 'new' })}><Plus size={16} aria-hidden /> {t('tokens.new')}</button>
      {dialog?.kind === 'new' && <NewTokenDialog admin={admin} onClose={close} onMade={token => {
        setDialog({ kind: 'made', token });
        load();
      }} />}
      {dialog?.kind === 'made' && <TokenSecret token={dialog.token} onClose={close} />}
      {dialog?.kind === 'revoke' && (
        <Modal title={t('tokens.revokeTitle', { name: dialog.token.name })} onClose={close} actions={<>
          <button type="button" className="al-button" onClick={close}>{t('cancel')}</button>
          <button type="button" className="al-button al-button-danger" onClick={() => void revoke(dialog.token)}>{t('tokens.revoke')}</button>
        </>}><p>{t('tokens.revokeText')}</p></Modal>
      )}
    </>
  );
}

function Line({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const now = new Date();
  const words = (when: string) => dateWords(new Date(when), now, locale());
  const expired = token.expires_at ? Date.parse(token.expires_at) <= now.getTime() : false;
  const facts = [
    token.last_used_at ? t('tokens.lastUsed', { when: words(token.last_used_at) }) : t('tokens.neverUsed'),
    t('tokens.made', { when: words(token.created_at) }),
    !token.expires_at ? t('tokens.noEnd') : expired ? t('tokens.expired') : t('tokens.expires', { when: untilWords(new Date(token.expires_at), now, locale()) }),
  ];
  return (
    <li className={expired ? 'token-expired' : ''}>
      <KeyRound size={18} aria-hidden />
      <div><strong>{token.name}</strong><span>{facts.join(' · ')}</span><span>{token.scopes.map(scope => t(`scope.${scope}`)).join(', ')}</span></div>
      <button type="button" className="al-icon-button" title={t('tokens.revoke')} aria-label={t('tokens.revokeOne', { name: token.name })} onClick={onRevoke}><Trash2 size={18} aria-hidden /></button>
    </li>
  );
}
