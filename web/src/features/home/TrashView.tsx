// What was deleted: back to its place, or gone for ever.
import { type KeyboardEvent, useMemo, useState } from 'react';
import { ArchiveRestore, Info, Trash2, X } from 'lucide-react';
import type { Trashed } from '../../api/schema';
import { dateWords, untilWords } from '../../core/date-words';
import { nameOf, parentOf } from '../../core/listing';
import { nothing } from '../../core/selection';
import { bytes, locale, t } from '../../ui/i18n';
import { Menu, type MenuItem, type MenuPlace } from '../../ui/menu';
import { useStore } from '../../ui/use-store';
import { FilePicture } from './FileName';
import { type Column, Grid } from './Grid';
import type { Home } from './home';
import { Failed, Loading } from './ListStates';

export function TrashView({ home }: { home: Home }) {
  const { trash, selection } = useStore(home.store);
  const [menu, setMenu] = useState<{ place: MenuPlace; entries: readonly Trashed[] } | null>(null);
  const rows = trash.kind === 'ready' ? trash.rows : [];
  const now = new Date();
  const columns = useMemo((): Column<Trashed>[] => [
    { key: 'name', label: t('column.name'), cell: entry => <><FilePicture entry={{ ...entry, name: nameOf(entry.path) }} /><span className="file-name">{nameOf(entry.path)}</span>{parentOf(entry.path) && <span className="file-where">{parentOf(entry.path)}</span>}</> },
    { key: 'expires', label: t('column.deleted'), cell: entry => <>{dateWords(new Date(entry.deleted_at), now, locale())}{entry.expires_at && <span className="trash-until"> · {t('trash.until', { when: untilWords(new Date(entry.expires_at), now, locale()) })}</span>}</> },
    { key: 'size', label: t('column.size'), cell: entry => (entry.size === null ? '' : bytes(entry.size)) },
  ], [rows, now.getMinutes()]);
  const chosen = rows.filter(row => selection.chosen.has(row.id));
  const target = (entry: Trashed) => (selection.chosen.has(entry.id) ? chosen : [entry]);
  const itemsFor = (entries: readonly Trashed[]): MenuItem[] => [
    { kind: 'action', label: t('trash.restore'), icon: <ArchiveRestore size={16} aria-hidden />, keys: t('key.enter'), run: () => void home.restore(entries) },
    { kind: 'line' },
    { kind: 'action', label: t('trash.purge'), icon: <Trash2 size={16} aria-hidden />, keys: t('key.delete'), danger: true, run: () => home.purge(entries) },
  ];
  const onKey = (event: KeyboardEvent): boolean => {
    const active = rows.filter(row => row.id === selection.active);
    if (event.key !== 'Delete' || rows.length === 0) return false;
    home.purge(chosen.length > 0 ? chosen : active);
    return true;
  };
  return (
    <>
      <div className="folder-head">
        <h1>{t('place.trash')}</h1>
        {chosen.length > 0 ? (
          <div className="chosen" role="toolbar" aria-label={t('files.chosenDo')}>
            <button type="button" className="al-icon-button" aria-label={t('files.chooseNone')} onClick={() => home.store.set({ selection: { ...nothing, active: selection.active } })}><X size={18} aria-hidden /></button>
            <span className="chosen-count">{t('files.chosen', { count: chosen.length })}</span>
            <button type="button" className="al-icon-button" title={t('trash.restore')} aria-label={t('trash.restore')} onClick={() => void home.restore(chosen)}><ArchiveRestore size={18} aria-hidden /></button>
            <button type="button" className="al-icon-button" title={t('trash.purge')} aria-label={t('trash.purge')} onClick={() => home.purge(chosen)}><Trash2 size={18} aria-hidden /></button>
          </div>
        ) : rows.length > 0 && <button type="button" className="al-button" onClick={() => home.emptyTrash()}><Trash2 size={16} aria-hidden /> {t('trash.empty')}</button>}
      </div>
      {trash.kind === 'loading' && <Loading onRetry={() => void home.refresh()} />}
      {trash.kind === 'failed' && <Failed home={home} failure={trash} />}
      {trash.kind === 'ready' && rows.length === 0 && <div className="list-state"><Trash2 size={40} aria-hidden /><h2>{t('empty.trash')}</h2><p>{t('empty.trashMore')}</p></div>}
      {rows.length > 0 && <>
        <p className="trash-note"><Info size={16} aria-hidden /> {t('trash.note')}</p>
        <Grid label={t('place.trash')} rows={rows} keyOf={row => row.id} nameOf={row => nameOf(row.path)} columns={columns} selection={selection} onSelection={next => home.store.set({ selection: next })}
          onOpen={entry => void home.restore([entry])} onMenu={(entry, place) => setMenu({ place, entries: target(entry) })} onKey={onKey} />
      </>}
      {menu && <Menu label={t('menu.label')} place={menu.place} items={itemsFor(menu.entries)} onClose={() => setMenu(null)} />}
    </>
  );
}
