// What runs for this person now, what it uses of what it may, and a way to stop it.
import { useState } from 'react';
import { deleteRuntime } from '../../api/runtimes';
import { sharedAddress } from '../../api/sharing';
import { notebookAddress } from '../../api/files';
import { dateWords } from '../../core/date-words';
import { documentOfSession } from '../../core/notebook-address';
import { nameOf } from '../../core/listing';
import { levelOf, type Share, shareOf } from '../../core/runtime-state';
import { bytes, duration, locale, t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { useStore } from '../../ui/use-store';
import { failureWords } from '../failure';
import type { Home } from './home';
import { tell } from './home-store';

function Meter({ label, part, words }: { label: string; part: Share | null; words: (value: number) => string }) {
  if (!part) return null;
  const share = shareOf(part);
  return (
    <div className="meter">
      <span>{label}</span><span>{t('runtime.ofLimit', { used: words(part.used), limit: words(part.limit) })}</span>
      <div className={`meter-bar meter-${levelOf(share)}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}><i style={{ width: `${share * 100}%` }} /></div>
    </div>
  );
}

export function RuntimeDialog({ home, onClose }: { home: Home; onClose: () => void }) {
  const { runtime, running } = useStore(home.store);
  const [asked, setAsked] = useState(false);
  if (!runtime || runtime.state === 'stopped') return <Modal title={t('runtime.title')} onClose={onClose}><p>{t('runtime.none')}</p></Modal>;
  const stop = async () => {
    onClose();
    try {
      await deleteRuntime(runtime.id);
      home.store.set({ runtime: null, running: new Map() });
      tell(home.store, { text: t('runtime.stopped') });
    } catch (error) {
      tell(home.store, { text: failureWords(error), tone: 'danger' });
    }
  };
  if (runtime.state === 'queued') {
    const leave = <button type="button" className="al-button" onClick={() => void stop()}>{t('runtime.leave')}</button>;
    return <Modal title={t('runtime.queued')} onClose={onClose} actions={leave}>{runtime.queue && <p>{t('runtime.place', { place: runtime.queue.place, of: runtime.queue.of })}</p>}<p className="al-hint">{t('limits.fair')}</p></Modal>;
  }
  const left = runtime.endsAt === null ? null : Math.max(0, (runtime.endsAt - Date.now()) / 1000);
  const actions = asked ? <>
    <button type="button" className="al-button" onClick={() => setAsked(false)}>{t('cancel')}</button>
    <button type="button" className="al-button al-button-danger" onClick={() => void stop()}>{t('runtime.stop')}</button>
  </> : <button type="button" className="al-button" disabled={runtime.state === 'stopping'} onClick={() => setAsked(true)}>{t('runtime.stop')}</button>;
  return (
    <Modal title={t('runtime.title')} onClose={onClose} actions={actions}>
      {asked ? <p role="alert">{t('runtime.stopText')}</p> : <>
        <p className="al-hint">{[t(`runtime.${runtime.state}`), runtime.image, runtime.startedAt === null ? '' : t('runtime.since', { when: dateWords(new Date(runtime.startedAt), new Date(), locale()) })].filter(Boolean).join(' · ')}</p>
        <Meter label={t('runtime.memory')} part={runtime.memory} words={bytes} />
        <Meter label={t('runtime.disk')} part={runtime.disk} words={bytes} />
        <Meter label={t('runtime.processes')} part={runtime.processes} words={String} />
        {left !== null && <p>{t('runtime.ends', { left: duration(left) })}</p>}
        {runtime.idleEndsAt !== null && <p>{t('runtime.idleEnds', { left: duration(Math.max(0, (runtime.idleEndsAt - Date.now()) / 1000)) })}</p>}
        {running.size > 0 && <><p className="al-label">{t('runtime.notebooks')}</p><ul className="runtime-notebooks">{[...running].map(([path, state]) => <li key={path}><Running path={path} /> <span className={`file-running file-running-${state}`}><i aria-hidden />{t(state === 'busy' ? 'files.computing' : 'files.running')}</span></li>)}</ul></>}
      </>}
    </Modal>
  );
}

function Running({ path }: { path: string }) {
  const document = documentOfSession(path);
  return document === null ? <a className="al-link" href={notebookAddress(path)}>{nameOf(path)}</a> : <a className="al-link" href={sharedAddress(document)}>{t('shared.running')}</a>;
}
