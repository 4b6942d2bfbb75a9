// What is on its way to the drive: percent, rate, cancel; and what went wrong, with its reason.
import { useEffect, useState } from 'react';
import { ChevronDown, ChevronUp, CircleCheck, CircleSlash, RotateCw, TriangleAlert, X } from 'lucide-react';
import { notebookAddress } from '../../api/files';
import { nameOf } from '../../core/listing';
import { isOpen, rateOf, shareOf, type Upload } from '../../core/upload';
import { bytes, percent, t } from '../../ui/i18n';
import { useStore } from '../../ui/use-store';
import type { Home } from './home';
import type { Uploads } from './uploads';

const mostShown = 100;

function heading(all: readonly Upload[]): string {
  const open = all.filter(isOpen).length;
  const failed = all.filter(each => each.state.kind === 'failed').length;
  if (open > 0) {
    const total = all.reduce((sum, each) => sum + each.size, 0);
    const sent = all.reduce((sum, each) => sum + shareOf(each) * each.size, 0);
    return t('upload.going', { count: open, percent: percent(total > 0 ? sent / total : 0) });
  }
  return failed > 0 ? t('upload.failed', { count: failed }) : t('upload.done', { count: all.filter(each => each.state.kind === 'done').length });
}

export function UploadTray({ home, uploads }: { home: Home; uploads: Uploads }) {
  const { uploads: all } = useStore(home.store);
  const [open, setOpen] = useState(true);
  const going = all.some(isOpen);
  useEffect(() => {
    if (!going) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [going]);
  if (all.length === 0) return null;
  return (
    <section className="tray" aria-label={t('upload.tray')}>
      <header>
        <h2>{heading(all)}</h2>
        <button type="button" className="al-icon-button" aria-expanded={open} aria-label={t(open ? 'upload.fold' : 'upload.unfold')} onClick={() => setOpen(!open)}>{open ? <ChevronDown size={18} aria-hidden /> : <ChevronUp size={18} aria-hidden />}</button>
        {!going && <button type="button" className="al-icon-button" aria-label={t('close')} onClick={() => uploads.clear()}><X size={18} aria-hidden /></button>}
      </header>
      {open && <ul>{all.slice(-mostShown).map(upload => <Line key={upload.id} upload={upload} uploads={uploads} />)}</ul>}
    </section>
  );
}

function words(upload: Upload): string {
  const { state } = upload;
  if (state.kind === 'waiting') return t('upload.waiting');
  if (state.kind === 'cancelled') return t('upload.cancelled');
  if (state.kind === 'failed') return state.message;
  if (state.kind === 'done') return state.warning ?? bytes(upload.size);
  const rate = rateOf(state.readings);
  const share = percent(shareOf(upload));
  return rate === null ? share : t('upload.rate', { percent: share, rate: bytes(rate) });
}

function Line({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const name = nameOf(upload.path);
  const { state } = upload;
  const warns = state.kind === 'failed' || (state.kind === 'done' && state.warning !== null);
  return (
    <li className={warns ? 'tray-warns' : ''}>
      {state.kind === 'done' && !state.warning ? <CircleCheck size={18} aria-hidden className="tray-ok" /> : warns ? <TriangleAlert size={18} aria-hidden /> : state.kind === 'cancelled' ? <CircleSlash size={18} aria-hidden /> : <i className="tray-ring" aria-hidden />}
      <div className="tray-what">
        {state.kind === 'done' && /\.ipynb$/i.test(name) && !state.warning ? <a href={notebookAddress(upload.path)}>{name}</a> : <span>{name}</span>}
        <small>{words(upload)}</small>
        {isOpen(upload) && <progress max={1} value={shareOf(upload)} aria-label={t('upload.share', { name })} />}
      </div>
      {isOpen(upload) && <button type="button" className="al-icon-button" aria-label={t('upload.cancel', { name })} onClick={() => uploads.cancel(upload.id)}><X size={16} aria-hidden /></button>}
      {(state.kind === 'failed' || state.kind === 'cancelled') && <button type="button" className="al-icon-button" aria-label={t('upload.again', { name })} onClick={() => uploads.tryAgain(upload.id)}><RotateCw size={16} aria-hidden /></button>}
    </li>
  );
}
