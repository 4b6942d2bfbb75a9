// Where to? A walk through the folders, with a new one on the way if need be.
import { useEffect, useState } from 'react';
import { ChevronRight, Folder, FolderPlus } from 'lucide-react';
import type { FileEntry } from '../../api/files';
import { listFolder, putFolder } from '../../api/home';
import { findNameFault } from '../../core/file-names';
import { isWithin, joined, nameOf, parentOf, sorted, trail } from '../../core/listing';
import { Field } from '../../ui/field';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { failureWords, isAbort } from '../failure';
import type { Home } from './home';

interface MoveDialogProps {
  readonly home: Home;
  readonly entries: readonly FileEntry[];
  readonly onClose: () => void;
}

export function MoveDialog({ home, entries, onClose }: MoveDialogProps) {
  const [folder, setFolder] = useState(parentOf(entries[0]?.path ?? ''));
  const [inside, setInside] = useState<readonly FileEntry[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [naming, setNaming] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    setInside(null);
    setFault(null);
    listFolder(folder, stop.signal).then(found => setInside(found), error => isAbort(error) || setFault(failureWords(error)));
    return () => stop.abort();
  }, [folder]);
  const folders = sorted((inside ?? []).filter(entry => entry.type === 'directory'), { key: 'name', descending: false });
  const isThere = entries.every(entry => parentOf(entry.path) === folder);
  const intoItself = entries.some(entry => entry.type === 'directory' && isWithin(folder, entry.path));
  const taken = entries.filter(entry => parentOf(entry.path) !== folder && inside?.some(other => other.name === entry.name));
  const nameFault = naming === null || naming === '' ? null : findNameFault(naming, new Set(inside?.map(entry => entry.name)));
  const make = async () => {
    if (!naming || nameFault) return;
    try {
      const made = await putFolder(joined(folder, naming.trim()));
      setNaming(null);
      setFolder(made.path);
    } catch (error) {
      setFault(failureWords(error));
    }
  };
  const actions = <>
    <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
    <button type="button" className="al-button al-button-primary" disabled={isThere || intoItself || taken.length > 0 || inside === null} onClick={() => {
      onClose();
      void home.move(entries, folder);
    }}>{t('move.here')}</button>
  </>;
  return (
    <Modal title={t('move.title', { count: entries.length, name: entries[0]?.name ?? '' })} onClose={onClose} actions={actions}>
      <nav className="crumbs move-crumbs" aria-label={t('crumbs')}>
        <ol>
          {trail(folder).map((step, index, all) => (
            <li key={step.path}>{index > 0 && <ChevronRight size={16} aria-hidden />}{index === all.length - 1 ? <span aria-current="location">{step.name || t('place.files')}</span> : <button type="button" onClick={() => setFolder(step.path)}>{step.name || t('place.files')}</button>}</li>
          ))}
        </ol>
      </nav>
      <ul className="move-folders" aria-label={t('move.folders', { folder: nameOf(folder) || t('place.files') })}>
        {folders.map(entry => (
          <li key={entry.path}><button type="button" disabled={entries.some(moved => moved.path === entry.path)} onClick={() => setFolder(entry.path)}><Folder size={18} aria-hidden className="file-folder" /> <span>{entry.name}</span> <ChevronRight size={16} aria-hidden /></button></li>
        ))}
        {inside !== null && folders.length === 0 && <li className="move-none">{t('move.none')}</li>}
      </ul>
      {naming === null ? <button type="button" className="al-button" onClick={() => setNaming('')}><FolderPlus size={16} aria-hidden /> {t('new.folder')}</button> : (
        <form className="move-new" onSubmit={event => {
          event.preventDefault();
          void make();
        }}>
          <Field label={t('move.name')} value={naming} fault={nameFault && t(`name.${nameFault}`)} onChange={event => setNaming(event.target.value)} />
          <button type="submit" className="al-button">{t('move.make')}</button>
        </form>
      )}
      <div aria-live="polite">
        {fault && <p className="al-fault">{fault}</p>}
        {intoItself && <p className="al-fault">{t('move.intoItself')}</p>}
        {taken[0] && <p className="al-fault">{t('move.taken', { name: taken[0].name })}</p>}
      </div>
    </Modal>
  );
}
