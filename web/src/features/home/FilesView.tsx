// A folder, the files used last, or what a search found: one list with the same keys and the same menu.
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { CopyPlus, Download, Eye, FolderInput, Pencil, SquareArrowOutUpRight, SquarePen, Trash2 } from 'lucide-react';
import { drive, downloadFrom, editAddress, type FileEntry } from '../../api/files';
import { dateWords } from '../../core/date-words';
import { kindOf } from '../../core/file-names';
import { isWithin, parentOf } from '../../core/listing';
import { bytes, dateTime, locale, t } from '../../ui/i18n';
import { Menu, type MenuItem, type MenuPlace } from '../../ui/menu';
import { useStore } from '../../ui/use-store';
import { Empty, Failed, Loading } from './ListStates';
import { addressOfEntry, FileName } from './FileName';
import { FolderHead } from './FolderHead';
import { type Column, Grid } from './Grid';
import type { Home } from './home';
import { Recent } from './Recent';
import type { Uploads } from './uploads';

export const draggedPaths = 'application/x-allmende-paths';

export function downloadAll(entries: readonly FileEntry[]): void {
  for (const entry of entries) if (entry.type !== 'directory') downloadFrom(drive.downloadAddress(entry.path), entry.name);
}

export function FilesView({ home, uploads }: { home: Home; uploads: Uploads }) {
  const state = useStore(home.store);
  const { place, files, selection, renaming, sort } = state;
  const [menu, setMenu] = useState<{ place: MenuPlace; entries: readonly FileEntry[] } | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const rows = files.kind === 'ready' ? files.rows : [];
  const inFolder = place.kind === 'folder';
  const query = place.kind === 'search' ? place.query : '';
  const now = new Date();
  const others = (entry: FileEntry) => new Set(inFolder ? rows.filter(row => row.path !== entry.path).map(row => row.name) : []);
  const columns = useMemo((): Column<FileEntry>[] => [
    { key: 'name', label: t('column.name'), sort: 'name', cell: entry => (
      <FileName entry={entry} query={query} where={!inFolder} renaming={renaming === entry.path} running={state.running.get(entry.path) ?? null} others={() => others(entry)} onOpen={() => home.open(entry)}
        onRename={name => {
          void home.rename(entry, name);
          grid.current?.focus();
        }}
        onLeave={() => {
          home.store.set({ renaming: null });
          grid.current?.focus();
        }} />
    ) },
    { key: 'modified', label: t('column.modified'), sort: 'modified', cell: entry => <time dateTime={entry.last_modified} title={dateTime(new Date(entry.last_modified))}>{dateWords(new Date(entry.last_modified), now, locale())}</time> },
    { key: 'size', label: t('column.size'), sort: 'size', cell: entry => (entry.size === null ? '' : bytes(entry.size)) },
  ], [rows, renaming, query, inFolder, state.running, now.getMinutes()]);

  const target = (entry: FileEntry): readonly FileEntry[] => (selection.chosen.has(entry.path) ? home.chosen() : [entry]);
  const active = () => rows.filter(row => row.path === selection.active);
  const targets = () => (selection.chosen.size > 0 ? home.chosen() : active());
  const onKey = (event: KeyboardEvent): boolean => {
    const [first] = active();
    if (event.key === 'F2' && first) home.store.set({ renaming: first.path });
    else if (event.key === 'Delete' && targets().length > 0) void home.remove(targets());
    else if (event.key === 'Backspace' && inFolder && place.path) home.go({ kind: 'folder', path: parentOf(place.path), file: null });
    else return false;
    return true;
  };
  const itemsFor = (entries: readonly FileEntry[]): MenuItem[] => {
    const [first] = entries;
    if (!first) return [];
    const one = entries.length === 1;
    const onlyFiles = entries.every(entry => entry.type !== 'directory');
    const icon = (Picture: typeof Eye) => <Picture size={16} aria-hidden />;
    const single: MenuItem[] = [
      { kind: 'action', label: t('menu.open'), icon: icon(Eye), keys: t('key.enter'), run: () => home.open(first) },
      { kind: 'action', label: t('menu.openNew'), icon: icon(SquareArrowOutUpRight), run: () => void window.open(addressOfEntry(first), '_blank', 'noopener') },
      ...(kindOf(first) === 'text' && first.writable ? [{ kind: 'action', label: t('menu.edit'), icon: icon(Pencil), run: () => location.assign(editAddress(first.path)) } as const] : []),
      { kind: 'line' },
      { kind: 'action', label: t('menu.rename'), icon: icon(SquarePen), keys: 'F2', run: () => home.store.set({ renaming: first.path }) },
    ];
    return [
      ...(one ? single : [{ kind: 'text', label: t('files.chosen', { count: entries.length }) } as const]),
      { kind: 'action', label: t('menu.duplicate'), icon: icon(CopyPlus), run: () => void home.duplicate(entries) },
      { kind: 'action', label: t('menu.move'), icon: icon(FolderInput), run: () => home.store.set({ dialog: { kind: 'move', entries } }) },
      ...(onlyFiles ? [{ kind: 'action', label: t('menu.download'), icon: icon(Download), run: () => downloadAll(entries) } as const] : []),
      ...(place.kind !== 'folder' && one ? [{ kind: 'action', label: t('menu.showFolder'), icon: icon(FolderInput), run: () => home.go({ kind: 'folder', path: parentOf(first.path), file: null }) } as const] : []),
      { kind: 'line' },
      { kind: 'action', label: t('menu.trash'), icon: icon(Trash2), keys: t('key.delete'), danger: true, run: () => void home.remove(entries) },
    ];
  };
  const drag = {
    start: (entry: FileEntry, event: React.DragEvent) => {
      event.dataTransfer.setData(draggedPaths, JSON.stringify(target(entry).map(each => each.path)));
      event.dataTransfer.effectAllowed = 'move';
    },
    accepts: (entry: FileEntry) => entry.type === 'directory',
    drop: (entry: FileEntry, event: React.DragEvent) => {
      const paths = new Set(JSON.parse(event.dataTransfer.getData(draggedPaths) || '[]') as string[]);
      if (paths.size === 0) return;
      event.preventDefault();
      void home.move(rows.filter(row => paths.has(row.path) && !isWithin(entry.path, row.path)), entry.path);
    },
  };
  const label = place.kind === 'recent' ? t('place.recent') : place.kind === 'search' ? t('search.results', { query }) : t('files.of', { folder: inFolder && place.path ? place.path : t('place.files') });
  return (
    <>
      <FolderHead home={home} />
      {inFolder && place.path === '' && state.recent && state.recent.length > 0 && rows.length > 0 && <Recent home={home} notebooks={state.recent} />}
      {files.kind === 'loading' && <Loading key={JSON.stringify(place)} onRetry={() => void home.refresh()} />}
      {files.kind === 'failed' && <Failed home={home} failure={files} />}
      {files.kind === 'ready' && rows.length === 0 && <Empty home={home} uploads={uploads} place={place} />}
      {rows.length > 0 && (
        <Grid label={label} rows={rows} keyOf={row => row.path} nameOf={row => row.name} columns={columns} selection={selection} onSelection={next => home.store.set({ selection: next })}
          onOpen={entry => home.open(entry)} onMenu={(entry, at) => setMenu({ place: at, entries: target(entry) })} onKey={onKey} drag={drag} element={grid}
          {...(inFolder ? { sort, onSort: key => home.sortBy(key) } : {})} />
      )}
      {menu && <Menu label={t('menu.label')} place={menu.place} items={itemsFor(menu.entries)} onClose={() => setMenu(null)} />}
    </>
  );
}
