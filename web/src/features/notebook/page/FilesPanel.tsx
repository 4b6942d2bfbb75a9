// Files beside the notebook: what the person keeps, and what lies in the runtime's /content as long as it lives.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ChevronRight, Download, File, Folder, NotebookText, RefreshCw, Trash2, Upload } from 'lucide-react';
import { drive, downloadFrom, type FileEntry, type Files, notebookAddress, runtimeFiles } from '../../../api/files';
import { joined, parentOf, trail } from '../../../core/listing';
import { bytes, t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import { failureWords, isSignedOut } from '../../failure';
import type { Page } from '../store';

type Source = 'drive' | 'runtime';
type Listing = { readonly kind: 'loading' } | { readonly kind: 'ready'; readonly rows: readonly FileEntry[] } | { readonly kind: 'failed'; readonly message: string };

const pictures = { directory: Folder, notebook: NotebookText, file: File };

export function FilesPanel({ page }: { page: Page }) {
  const { runtime, path, connection } = useStore(page.store);
  const lives = connection.kind === 'ready' && runtime?.state === 'ready' ? runtime.id : null;
  const [source, setSource] = useState<Source>('drive');
  const files = useMemo(() => (source === 'runtime' && lives ? runtimeFiles(lives) : drive), [source, lives]);
  const shown: Source = source === 'runtime' && lives ? 'runtime' : 'drive';
  return (
    <div className="nb-files">
      <div className="nb-files-source" role="group" aria-label={t('files.source')}>
        <button type="button" aria-pressed={shown === 'drive'} onClick={() => setSource('drive')}>{t('files.drive')}</button>
        <button type="button" aria-pressed={shown === 'runtime'} disabled={!lives} title={lives ? undefined : t('files.noRuntime')} onClick={() => setSource('runtime')}>{t('files.runtime')}</button>
      </div>
      <FileList key={shown} page={page} files={files} source={shown} start={shown === 'drive' ? parentOf(path) : ''} />
      <p className="nb-hint">{t(shown === 'drive' ? 'files.driveHint' : 'files.runtimeHint')}</p>
    </div>
  );
}

function FileList({ page, files, source, start }: { page: Page; files: Files; source: Source; start: string }) {
  const { path: current } = useStore(page.store);
  const [folder, setFolder] = useState(start);
  const [listing, setListing] = useState<Listing>({ kind: 'loading' });
  const chooser = useRef<HTMLInputElement>(null);
  const newest = useRef(0);
  const read = useCallback(async () => {
    const mine = ++newest.current;
    const answer = await files.list(folder).then((rows): Listing => ({ kind: 'ready', rows }), (error: unknown): Listing => ({ kind: 'failed', message: failureWords(error) }));
    if (mine === newest.current) setListing(answer);
  }, [files, folder]);
  useEffect(() => {
    setListing({ kind: 'loading' });
    void read();
  }, [read]);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      page.tell({ text: failureWords(error), tone: 'danger', ...(isSignedOut(error) ? { action: { label: t('signIn.go'), run: () => location.reload() } } : {}) });
    }
    await read();
  };
  const upload = (chosen: FileList | null) => void attempt(async () => {
    for (const file of chosen ?? []) {
      if (listing.kind === 'ready' && listing.rows.some(row => row.name === file.name)) {
        page.tell({ text: t('files.taken', { name: file.name }), tone: 'danger' });
        continue;
      }
      await files.upload(joined(folder, file.name), file);
      page.tell({ text: t('files.uploaded', { name: file.name }) });
    }
  });
  const remove = (entry: FileEntry) => page.show({ kind: 'confirm', title: t('files.removeTitle', { name: entry.name }), text: t('files.removeText'), action: t('files.remove'), danger: true, run: () => void attempt(() => files.remove(entry.path)) });
  return (
    <>
      <div className="nb-files-head">
        <ol className="nb-crumbs" aria-label={t('crumbs')}>
          {trail(folder).map(step => <li key={step.path}><button type="button" aria-current={step.path === folder ? 'location' : undefined} onClick={() => setFolder(step.path)}>{step.path === '' ? t(source === 'drive' ? 'place.files' : 'files.content') : step.name}</button><ChevronRight size={14} aria-hidden /></li>)}
        </ol>
        <button type="button" className="al-icon-button" title={t('files.upload')} aria-label={t('files.upload')} onClick={() => chooser.current?.click()}><Upload size={16} aria-hidden /></button>
        <button type="button" className="al-icon-button" title={t('files.refresh')} aria-label={t('files.refresh')} onClick={() => void read()}><RefreshCw size={16} aria-hidden /></button>
        <input ref={chooser} type="file" multiple hidden aria-label={t('files.upload')} onChange={event => {
          upload(event.target.files);
          event.target.value = '';
        }} />
      </div>
      {listing.kind === 'loading' && <p className="nb-panel-note" role="status">{t('loading')}</p>}
      {listing.kind === 'failed' && <div className="nb-panel-empty" role="alert"><p>{listing.message}</p><button type="button" className="al-button" onClick={() => void read()}>{t('tryAgain')}</button></div>}
      {listing.kind === 'ready' && listing.rows.length === 0 && <p className="nb-panel-note">{t('files.empty')}</p>}
      {listing.kind === 'ready' && listing.rows.length > 0 && (
        <ul className="nb-files-list">
          {listing.rows.map(entry => <Row key={entry.path} entry={entry} isCurrent={source === 'drive' && entry.path === current} open={source === 'drive' && entry.type === 'notebook' ? notebookAddress(entry.path) : null} onFolder={() => setFolder(entry.path)} onDownload={() => downloadFrom(files.downloadAddress(entry.path), entry.name)} onRemove={source === 'runtime' ? () => remove(entry) : null} />)}
        </ul>
      )}
    </>
  );
}

interface RowProps {
  readonly entry: FileEntry;
  readonly isCurrent: boolean;
  readonly open: string | null;
  readonly onFolder: () => void;
  readonly onDownload: () => void;
  readonly onRemove: (() => void) | null;
}

function Row({ entry, isCurrent, open, onFolder, onDownload, onRemove }: RowProps) {
  const Picture = pictures[entry.type];
  const inside = <><Picture size={18} aria-hidden className={`nb-file-${entry.type}`} /><span>{entry.name}</span></>;
  return (
    <li>
      {entry.type === 'directory' ? <button type="button" className="nb-file" onClick={onFolder}>{inside}</button>
        : open ? <a className="nb-file" href={open} target={isCurrent ? undefined : '_blank'} aria-current={isCurrent ? 'page' : undefined} rel="noopener">{inside}</a>
          : <button type="button" className="nb-file" title={entry.size === null ? undefined : bytes(entry.size)} onClick={onDownload}>{inside}</button>}
      {entry.type !== 'directory' && <button type="button" className="al-icon-button" title={t('files.download', { name: entry.name })} aria-label={t('files.download', { name: entry.name })} onClick={onDownload}><Download size={16} aria-hidden /></button>}
      {onRemove && <button type="button" className="al-icon-button" title={t('files.removeOne', { name: entry.name })} aria-label={t('files.removeOne', { name: entry.name })} onClick={onRemove}><Trash2 size={16} aria-hidden /></button>}
    </li>
  );
}
