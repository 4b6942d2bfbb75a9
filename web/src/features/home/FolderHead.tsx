// Above a list: where one is, and what can be done with what is chosen.
import { type DragEvent, useState } from 'react';
import { ArrowDownUp, ChevronRight, CopyPlus, Download, FolderInput, Trash2, X } from 'lucide-react';
import { queryOf } from '../../core/home-place';
import { nameOf, type SortKey, trail } from '../../core/listing';
import { nothing } from '../../core/selection';
import { addressOf } from '../../api/config';
import { t } from '../../ui/i18n';
import { Menu, type MenuPlace } from '../../ui/menu';
import { narrow, useMedia } from '../../ui/use-media';
import { useStore } from '../../ui/use-store';
import { downloadAll, draggedPaths } from './FilesView';
import type { Home } from './home';

export function FolderHead({ home }: { home: Home }) {
  const { place, files, selection } = useStore(home.store);
  const small = useMedia(narrow);
  const count = files.kind === 'ready' ? files.rows.length : 0;
  const title = place.kind === 'search' ? t('search.results', { query: place.query }) : place.kind === 'recent' ? t('place.recent') : place.kind === 'folder' && place.path ? nameOf(place.path) : t('place.files');
  return (
    <div className="folder-head">
      {place.kind === 'folder' ? <><h1 className="al-hidden-text">{title}</h1><Crumbs home={home} path={place.path} /></> : <h1>{title}</h1>}
      {selection.chosen.size > 0 ? <Chosen home={home} small={small} /> : (
        <div className="folder-more">
          {count > 0 && <span className="folder-count">{t('files.count', { count })}</span>}
          {small && place.kind === 'folder' && count > 1 && <SortMenu home={home} />}
        </div>
      )}
    </div>
  );
}

function Crumbs({ home, path }: { home: Home; path: string }) {
  const steps = trail(path);
  const accepts = (event: DragEvent) => event.dataTransfer.types.includes(draggedPaths) && event.preventDefault();
  const drop = (event: DragEvent, folder: string) => {
    const paths = new Set(JSON.parse(event.dataTransfer.getData(draggedPaths) || '[]') as string[]);
    const { files } = home.store.get();
    if (files.kind === 'ready') void home.move(files.rows.filter(row => paths.has(row.path)), folder);
  };
  return (
    <nav className="crumbs" aria-label={t('crumbs')}>
      <ol>
        {steps.map((step, index) => {
          const last = index === steps.length - 1;
          const place = { kind: 'folder', path: step.path, file: null } as const;
          const name = step.name || t('place.files');
          return (
            <li key={step.path}>
              {index > 0 && <ChevronRight size={18} aria-hidden />}
              {last ? <span aria-current="page">{name}</span> : (
                <a href={addressOf('') + queryOf(place)} onDragOver={accepts} onDrop={event => drop(event, step.path)} onClick={event => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  home.go(place);
                }}>{name}</a>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function Chosen({ home, small }: { home: Home; small: boolean }) {
  const entries = home.chosen();
  const onlyFiles = entries.every(entry => entry.type !== 'directory');
  const actions = [
    { label: t('menu.move'), Picture: FolderInput, shown: true, run: () => home.store.set({ dialog: { kind: 'move', entries } }) },
    { label: t('menu.duplicate'), Picture: CopyPlus, shown: true, run: () => void home.duplicate(entries) },
    { label: t('menu.download'), Picture: Download, shown: onlyFiles, run: () => downloadAll(entries) },
    { label: t('menu.trash'), Picture: Trash2, shown: true, run: () => void home.remove(entries) },
  ];
  return (
    <div className="chosen" role="toolbar" aria-label={t('files.chosenDo')}>
      <button type="button" className="al-icon-button" aria-label={t('files.chooseNone')} onClick={() => home.store.set({ selection: { ...nothing, active: home.store.get().selection.active } })}><X size={18} aria-hidden /></button>
      <span className="chosen-count">{small ? entries.length : t('files.chosen', { count: entries.length })}</span>
      {actions.filter(action => action.shown).map(({ label, Picture, run }) => (
        <button key={label} type="button" className="al-icon-button" title={label} aria-label={label} onClick={run}><Picture size={18} aria-hidden /></button>
      ))}
    </div>
  );
}

const sorts: readonly SortKey[] = ['name', 'modified', 'size'];

function SortMenu({ home }: { home: Home }) {
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const { sort } = useStore(home.store);
  return (
    <>
      <button type="button" className="al-icon-button" aria-label={t('sort')} aria-haspopup="menu" onClick={event => setPlace({ under: event.currentTarget })}><ArrowDownUp size={18} aria-hidden /></button>
      {place && <Menu label={t('sort')} place={place} onClose={() => setPlace(null)} items={sorts.map(key => ({ kind: 'choice', label: t(`column.${key}`), chosen: sort.key === key, run: () => home.sortBy(key) }))} />}
    </>
  );
}
