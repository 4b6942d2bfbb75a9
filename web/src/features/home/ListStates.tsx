// A list that is not there: on its way, empty, or refused. Each says why and what to do.
import { useEffect, useState } from 'react';
import { CloudOff, FolderOpen, FolderX, Plus, SearchX, Upload } from 'lucide-react';
import { type Place, root } from '../../core/home-place';
import { t } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import type { Home } from './home';
import { pickFiles } from './pick-files';
import type { Uploads } from './uploads';

/** A skeleton at once, words after 2 s, a way out after 10 s. */
export function Loading({ onRetry }: { onRetry: () => void }) {
  const [patience, setPatience] = useState<'skeleton' | 'words' | 'retry'>('skeleton');
  useEffect(() => {
    const words = setTimeout(() => setPatience('words'), 2000);
    const retry = setTimeout(() => setPatience('retry'), 10_000);
    return () => {
      clearTimeout(words);
      clearTimeout(retry);
    };
  }, []);
  return (
    <div className="skeleton" aria-busy="true" role="status">
      <span className="al-hidden-text">{t('loading')}</span>
      {Array.from({ length: 6 }, (_, index) => <div key={index} className="skeleton-row" aria-hidden><i /><b style={{ width: `${52 - ((index * 17) % 31)}%` }} /><u /></div>)}
      {patience !== 'skeleton' && <p>{t(patience === 'words' ? 'loading.words' : 'loading.long')} {patience === 'retry' && <button type="button" className="al-button" onClick={onRetry}>{t('tryAgain')}</button>}</p>}
    </div>
  );
}

export function Failed({ home, failure }: { home: Home; failure: { readonly message: string; readonly missing: boolean } }) {
  return (
    <div className="list-state" role="alert">
      {failure.missing ? <FolderX size={40} aria-hidden /> : <CloudOff size={40} aria-hidden />}
      <h2>{t(failure.missing ? 'failed.missing' : 'failed.title')}</h2>
      <p>{failure.missing ? t('failed.missingMore') : failure.message}</p>
      <div className="list-state-actions">
        {failure.missing ? <>
          <button type="button" className="al-button" onClick={() => home.go({ kind: 'trash' })}>{t('failed.lookInTrash')}</button>
          <button type="button" className="al-button al-button-primary" onClick={() => home.go(root)}>{t('failed.allFiles')}</button>
        </> : <button type="button" className="al-button al-button-primary" onClick={() => home.show(home.store.get().place)}>{t('tryAgain')}</button>}
      </div>
    </div>
  );
}

export function Empty({ home, uploads, place }: { home: Home; uploads: Uploads; place: Place }) {
  if (place.kind === 'search') return <div className="list-state"><SearchX size={40} aria-hidden /><h2>{t('empty.search', { query: place.query })}</h2><p>{t('empty.searchMore')}</p></div>;
  const first = place.kind === 'recent' || (place.kind === 'folder' && place.path === '');
  return (
    <div className="list-state">
      {first ? <Logo size={72} /> : <FolderOpen size={40} aria-hidden />}
      <h2>{t(first ? 'empty.first' : 'empty.folder')}</h2>
      <p>{t(first ? 'empty.firstMore' : 'empty.folderMore')}</p>
      <div className="list-state-actions">
        <button type="button" className="al-button" onClick={() => pickFiles({ folders: false }, files => void uploads.add(files, home.folder))}><Upload size={16} aria-hidden /> {t('new.upload')}</button>
        <button type="button" className="al-button al-button-primary" onClick={() => void home.makeNotebook()}><Plus size={16} aria-hidden /> {t('new.notebook')}</button>
      </div>
    </div>
  );
}
