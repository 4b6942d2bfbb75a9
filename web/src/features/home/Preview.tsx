// A look into a file that is no notebook.
import { useEffect, useState } from 'react';
import { Download, Pencil } from 'lucide-react';
import { drive, editAddress, type FileEntry } from '../../api/files';
import { api } from '../../api/client';
import { addressOf, escapedPath } from '../../api/config';
import { kindOf } from '../../core/file-names';
import { nameOf, parentOf } from '../../core/listing';
import { bytes, dateTime, t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { failureWords, isAbort } from '../failure';
import type { Home } from './home';

type Shown =
  | { readonly kind: 'loading' }
  | { readonly kind: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly kind: 'image' | 'audio' | 'video' | 'nothing' }
  | { readonly kind: 'failed'; readonly message: string };

const readUpTo = 2 * 1024 * 1024;
const shownUpTo = 200_000;

async function read(entry: FileEntry, signal: AbortSignal): Promise<Shown> {
  const kind = kindOf(entry);
  if (kind === 'image' || kind === 'audio' || kind === 'video') return { kind };
  if (kind === 'archive' || (entry.size ?? 0) > readUpTo) return { kind: 'nothing' };
  const file = await api.get<{ content: string; format: string }>(`api/contents/${escapedPath(entry.path)}?type=file&content=1`, { signal });
  if (file.format !== 'text') return { kind: 'nothing' };
  return { kind: 'text', text: file.content.slice(0, shownUpTo), cut: file.content.length > shownUpTo };
}

export function Preview({ home, path }: { home: Home; path: string }) {
  const [entry, setEntry] = useState<FileEntry | null>(null);
  const [shown, setShown] = useState<Shown>({ kind: 'loading' });
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const found = await api.get<FileEntry>(`api/contents/${escapedPath(path)}?type=file&content=0`, { signal: stop.signal });
      setEntry(found);
      setShown(await read(found, stop.signal));
    };
    load().catch((error: unknown) => isAbort(error) || setShown({ kind: 'failed', message: failureWords(error) }));
    return () => stop.abort();
  }, [path]);
  const close = () => home.go({ kind: 'folder', path: parentOf(path), file: null });
  const address = addressOf(`files/${escapedPath(path)}`);
  const actions = <>
    <span className="preview-facts">{entry ? [entry.size === null ? '' : bytes(entry.size), dateTime(new Date(entry.last_modified))].filter(Boolean).join(' · ') : ''}</span>
    <a className="al-button" href={drive.downloadAddress(path)} download={nameOf(path)}><Download size={16} aria-hidden /> {t('menu.download')}</a>
    {shown.kind === 'text' && entry?.writable && <a className="al-button al-button-primary" href={editAddress(path)}><Pencil size={16} aria-hidden /> {t('menu.edit')}</a>}
  </>;
  return (
    <Modal title={nameOf(path)} onClose={close} actions={actions} wide>
      {shown.kind === 'loading' && <p role="status">{t('loading')}</p>}
      {shown.kind === 'failed' && <p role="alert" className="al-fault">{shown.message}</p>}
      {shown.kind === 'nothing' && <p>{t('preview.none')}</p>}
      {shown.kind === 'text' && <>{shown.cut && <p className="al-hint">{t('preview.cut')}</p>}<pre className="preview-text" tabIndex={0} aria-label={t('preview.content', { name: nameOf(path) })}>{shown.text === '' ? t('preview.empty') : shown.text}</pre></>}
      {shown.kind === 'image' && <img className="preview-image" src={address} alt={nameOf(path)} />}
      {shown.kind === 'audio' && <audio controls src={address} />}
      {shown.kind === 'video' && <video className="preview-image" controls src={address} />}
    </Modal>
  );
}
