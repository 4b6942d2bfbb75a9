import { useRef, useState } from 'react';
import { Check, Copy } from 'lucide-react';
import type { MadeToken } from '../../api/schema';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';

/** The only time the secret can be read. */
export function TokenSecret({ token, onClose }: { token: MadeToken; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const secret = useRef<HTMLInputElement>(null);
  const copy = async () => {
    secret.current?.select();
    try {
      await navigator.clipboard.writeText(token.token);
      setCopied(true);
    } catch {
      secret.current?.focus(); // selected: the person copies it with the keyboard
    }
  };
  return (
    <Modal title={t('tokens.madeTitle', { name: token.name })} onClose={onClose} actions={<button type="button" className="al-button al-button-primary" onClick={onClose}>{t('tokens.kept')}</button>}>
      <p>{t('tokens.once')}</p>
      <div className="token-secret">
        <input ref={secret} className="al-input" readOnly value={token.token} aria-label={t('tokens.secret')} onFocus={event => event.target.select()} />
        <button type="button" className="al-button" onClick={() => void copy()}>{copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />} {t(copied ? 'copied' : 'copy')}</button>
      </div>
      <p className="al-hint" role="status">{copied ? t('tokens.copied') : ''}</p>
    </Modal>
  );
}
