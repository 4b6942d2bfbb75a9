// A bell with how much is new, and what: whom a comment spoke to, what was shared, who asks. To open it is to have seen it.
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import { Bell } from 'lucide-react';
import { listNotices, markNoticesRead, noticeAddress } from '../../api/notices';
import type { Notice, Notices } from '../../api/schema';
import { dateTime, t } from '../../ui/i18n';
import { failureWords } from '../failure';
import './notices.css';

const between = 60_000; // milliseconds between two looks while the page is seen
const kinds = ['mentioned', 'answered', 'commented', 'shared', 'given', 'asked', 'added'] as const;

function sentenceOf({ kind, by, title }: Notice): string {
  const known = kinds.find(each => each === kind);
  return known === undefined ? title : t(`notices.${known}`, { name: by.display_name || by.name, title: title.replace(/\.ipynb$/, '') });
}

export function NoticesBell() {
  const [known, setKnown] = useState<Notices | null>(null);
  const [shown, setShown] = useState<readonly Notice[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const list = useId();
  const look = useCallback(async () => {
    if (document.visibilityState !== 'visible') return;
    setKnown(await listNotices());
  }, []);
  useEffect(() => {
    const tryLook = () => void look().catch(() => undefined); // the next look may succeed; opening it says why not
    tryLook();
    const timer = setInterval(tryLook, between);
    document.addEventListener('visibilitychange', tryLook);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tryLook);
    };
  }, [look]);
  useEffect(() => {
    if (shown === null) return;
    const elsewhere = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setShown(null);
    };
    addEventListener('pointerdown', elsewhere, true);
    return () => removeEventListener('pointerdown', elsewhere, true);
  }, [shown]);
  const open = async () => {
    setFault(null);
    setShown(known?.notices ?? []);
    try {
      const now = await listNotices();
      setShown(now.notices);
      if (now.unread > 0) await markNoticesRead();
      setKnown({ ...now, unread: 0 });
    } catch (error) {
      setFault(failureWords(error));
    }
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || shown === null) return;
    event.stopPropagation();
    setShown(null);
    box.current?.querySelector('button')?.focus();
  };
  const unread = known?.unread ?? 0;
  const name = unread > 0 ? t('notices.new', { count: unread }) : t('notices.title');
  return (
    <div className="home-notices" ref={box} onKeyDown={leave}>
      <button type="button" className="al-icon-button" aria-haspopup="dialog" aria-expanded={shown !== null} aria-controls={list} aria-label={name} title={name} onClick={() => (shown === null ? void open() : setShown(null))}>
        <Bell size={20} aria-hidden />{unread > 0 && <span className="home-notices-count" aria-hidden>{unread > 9 ? '9+' : unread}</span>}
      </button>
      {shown !== null && <div id={list} className="home-notices-list" role="dialog" aria-label={t('notices.title')}>
        <h2>{t('notices.title')}</h2>
        {fault && <p className="al-danger" role="alert">{fault}</p>}
        {!fault && shown.length === 0 && <p>{t('notices.none')}</p>}
        {shown.length > 0 && <ul>{shown.map(notice => (
          <li key={notice.id}><a href={noticeAddress(notice)} data-new={!notice.read || undefined}>
            <strong>{sentenceOf(notice)}</strong>
            {notice.words && <q>{notice.words}</q>}
            <time dateTime={notice.made_at}>{dateTime(new Date(notice.made_at))}</time>
          </a></li>
        ))}</ul>}
      </div>}
    </div>
  );
}
