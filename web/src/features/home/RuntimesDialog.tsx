// The runtimes that a person has now: what each uses of what it may, its notebooks, and ways to rename and stop it.
import { type FormEvent, useState } from 'react';
import type { RunningNotebook } from '../../api/home';
import { deleteRuntime, renameRuntime } from '../../api/runtimes';
import { sharedAddress } from '../../api/sharing';
import { notebookAddress } from '../../api/files';
import { dateWords } from '../../core/date-words';
import { documentOfSession } from '../../core/notebook-address';
import { nameOf } from '../../core/listing';
import { levelOf, type RuntimeView, type Share, shareOf } from '../../core/runtime-state';
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

export function RuntimesDialog({ home, onClose }: { home: Home; onClose: () => void }) {
  const { runtimes, notebooks } = useStore(home.store);
  return (
    <Modal title={t(runtimes.length > 1 ? 'runtime.titleAll' : 'runtime.title')} onClose={onClose}>
      {runtimes.length === 0 && <p>{t('runtime.none')}</p>}
      {runtimes.map(runtime => <One key={runtime.id} home={home} runtime={runtime} named={runtimes.length > 1 || runtime.name !== ''} notebooks={notebooks.filter(each => each.runtime === runtime.id)} />)}
    </Modal>
  );
}

function One({ home, runtime, named, notebooks }: { home: Home; runtime: RuntimeView; named: boolean; notebooks: readonly RunningNotebook[] }) {
  const [asked, setAsked] = useState(false);
  const [naming, setNaming] = useState<string | null>(null);
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      tell(home.store, { text: failureWords(error), tone: 'danger' });
    }
  };
  const stop = () => attempt(async () => {
    await deleteRuntime(runtime.id);
    const { runtimes, running } = home.store.get();
    const gone = new Set(notebooks.map(({ path }) => path));
    home.store.set({ runtimes: runtimes.filter(({ id }) => id !== runtime.id), running: new Map([...running].filter(([path]) => !gone.has(path))) });
    tell(home.store, { text: t('runtime.stopped') });
  });
  const rename = (event: FormEvent) => {
    event.preventDefault();
    const name = naming?.trim() ?? '';
    if (name === '') return;
    void attempt(async () => {
      await renameRuntime(runtime.id, name);
      home.store.set({ runtimes: home.store.get().runtimes.map(each => (each.id === runtime.id ? { ...each, name } : each)) });
      setNaming(null);
    });
  };
  const title = named && <h3 lang={runtime.name ? '' : undefined}>{runtime.name || t('runtime.shared')}</h3>;
  if (runtime.state === 'queued') {
    return (
      <section className="runtime-one">{title}<p>{t('runtime.queued')}. {runtime.queue && (runtime.queue.paused ?? t('runtime.place', { place: runtime.queue.place, of: runtime.queue.of }))}</p><p className="al-hint">{t('limits.fair')}</p>
        <button type="button" className="al-button" onClick={() => void stop()}>{t('runtime.leave')}</button>
      </section>
    );
  }
  const left = runtime.endsAt === null ? null : Math.max(0, (runtime.endsAt - Date.now()) / 1000);
  return (
    <section className="runtime-one" aria-label={runtime.name || t('runtime.shared')}>
      {title}
      <p className="al-hint">{[t(`runtime.${runtime.state}`), runtime.startedAt === null ? '' : t('runtime.since', { when: dateWords(new Date(runtime.startedAt), new Date(), locale()) })].filter(Boolean).join(' · ')}</p>
      <Meter label={t('runtime.memory')} part={runtime.memory} words={bytes} />
      <Meter label={t('runtime.disk')} part={runtime.disk} words={bytes} />
      <Meter label={t('runtime.processes')} part={runtime.processes} words={String} />
      {left !== null && <p>{t('runtime.ends', { left: duration(left) })}</p>}
      {runtime.idleEndsAt !== null && <p>{t('runtime.idleEnds', { left: duration(Math.max(0, (runtime.idleEndsAt - Date.now()) / 1000)) })}</p>}
      {notebooks.length > 0 && <><p className="al-label">{t('runtime.notebooks')}</p><ul className="runtime-notebooks">{notebooks.map(({ path, state }) => <li key={path}><Running path={path} /> <span className={`file-running file-running-${state}`}><i aria-hidden />{t(state === 'busy' ? 'files.computing' : 'files.running')}</span></li>)}</ul></>}
      {asked && <p role="alert">{t('runtime.stopText')}</p>}
      {naming !== null && <form className="runtime-naming" onSubmit={rename}><input className="al-input" aria-label={t('runtime.name')} maxLength={40} value={naming} autoFocus onChange={event => setNaming(event.target.value)} /><button type="submit" className="al-button" disabled={naming.trim() === ''}>{t('runtime.rename')}</button></form>}
      <div className="runtime-deeds">
        {asked ? <>
          <button type="button" className="al-button" onClick={() => setAsked(false)}>{t('cancel')}</button>
          <button type="button" className="al-button al-button-danger" onClick={() => void stop()}>{t('runtime.stop')}</button>
        </> : <>
          {runtime.name !== '' && naming === null && runtime.state === 'ready' && <button type="button" className="al-button" onClick={() => setNaming(runtime.name)}>{t('runtime.rename')}</button>}
          <button type="button" className="al-button" disabled={runtime.state === 'stopping'} onClick={() => setAsked(true)}>{t('runtime.stop')}</button>
        </>}
      </div>
    </section>
  );
}

function Running({ path }: { path: string }) {
  const document = documentOfSession(path);
  return document === null ? <a className="al-link" href={notebookAddress(path)}>{nameOf(path)}</a> : <a className="al-link" href={sharedAddress(document)}>{t('shared.running')}</a>;
}
