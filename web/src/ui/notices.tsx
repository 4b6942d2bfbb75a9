// Short messages at the foot of the page; each leaves by itself, later while the pointer or the focus is on it.
import { useEffect, useState } from 'react';
import { CircleAlert, X } from 'lucide-react';
import { t } from './i18n';
import './controls.css';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone?: 'plain' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
}

const stays = 10_000;
/** An error waits until it is read: it leaves only when closed. */
const leaves = (notice: Notice) => notice.tone !== 'danger';

export function Notices({ notices, onDrop }: { notices: readonly Notice[]; onDrop: (id: number) => void }) {
  return (
    <div className="al-notices" role="region" aria-label={t('messages')}>
      {notices.map(notice => <One key={notice.id} notice={notice} onDrop={onDrop} />)}
    </div>
  );
}

function One({ notice, onDrop }: { notice: Notice; onDrop: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || !leaves(notice)) return;
    const timer = setTimeout(() => onDrop(notice.id), stays);
    return () => clearTimeout(timer);
  }, [held, notice, onDrop]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    <div className={notice.tone === 'danger' ? 'al-notice al-notice-danger' : 'al-notice'} role={notice.tone === 'danger' ? 'alert' : 'status'} onPointerEnter={hold} onPointerLeave={release} onFocus={hold} onBlur={release}>
      {notice.tone === 'danger' && <CircleAlert size={18} aria-hidden />}
      <span>{notice.text}</span>
      {notice.action && (
        <button type="button" className="al-notice-action" onClick={() => {
          onDrop(notice.id);
          notice.action?.run();
        }}>{notice.action.label}</button>
      )}
      <button type="button" className="al-icon-button" aria-label={t('close')} onClick={() => onDrop(notice.id)}><X size={16} aria-hidden /></button>
    </div>
  );
}
