// The rail at the side (on phones at the foot) and the panel it opens.
import { type PointerEvent, useRef, useState } from 'react';
import { FolderOpen, ListTree, MessageSquareText, Search, X } from 'lucide-react';
import { t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { PanelId, Page } from '../store';
import { Comments } from './Comments';
import { Contents } from './Contents';
import { FilesPanel } from './FilesPanel';
import { titleWithKeys } from './words';

const panels: readonly { readonly id: PanelId; readonly Picture: typeof ListTree }[] = [{ id: 'contents', Picture: ListTree }, { id: 'files', Picture: FolderOpen }, { id: 'comments', Picture: MessageSquareText }];

export function Rail({ page }: { page: Page }) {
  const { panel, opening } = useStore(page.store);
  const off = opening.kind !== 'open';
  const [contents, files, comments] = panels.map(({ id, Picture }) => (
    <button key={id} type="button" className="nb-rail-button" disabled={off} aria-pressed={panel === id} aria-controls={panel === id ? 'nb-side' : undefined} title={t(`panel.${id}`)} onClick={() => page.togglePanel(id)}>
      <Picture size={20} aria-hidden /><span>{t(`panel.${id}`)}</span>
    </button>
  ));
  return (
    <nav className="nb-rail" aria-label={t('rail')}>
      {contents}
      <button type="button" className="nb-rail-button" disabled={off} title={titleWithKeys('replace')} onClick={() => page.run('replace')}><Search size={20} aria-hidden /><span>{t('panel.find')}</span></button>
      {page.state.account && <>{files}{comments}</>}
    </nav>
  );
}

const keptWidth = 'allmende.notebook.side';
const limits = { least: 200, most: 560, usual: 280 };

const within = (width: number) => Math.max(limits.least, Math.min(limits.most, Math.round(width)));

export function SidePanel({ page }: { page: Page }) {
  const { panel } = useStore(page.store);
  const [width, setWidth] = useState(() => within(Number(localStorage.getItem(keptWidth)) || limits.usual));
  const dragged = useRef<{ x: number; width: number } | null>(null);
  if (!panel) return null;
  const resize = (next: number) => {
    setWidth(within(next));
    localStorage.setItem(keptWidth, String(within(next)));
  };
  const begin = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    dragged.current = { x: event.clientX, width };
  };
  return (
    <aside className="nb-side" id="nb-side" aria-label={t(`panel.${panel}`)} style={{ width }}>
      <header>
        <h2>{t(`panel.${panel}`)}</h2>
        <button type="button" className="al-icon-button" aria-label={t('close')} onClick={() => page.togglePanel(panel)}><X size={18} aria-hidden /></button>
      </header>
      {panel === 'contents' ? <Contents page={page} /> : panel === 'files' ? <FilesPanel page={page} /> : <Comments page={page} />}
      <div className="nb-side-edge" role="separator" aria-orientation="vertical" aria-label={t('side.width')} aria-valuemin={limits.least} aria-valuemax={limits.most} aria-valuenow={width} tabIndex={0}
        onPointerDown={begin} onPointerMove={event => dragged.current && resize(dragged.current.width + event.clientX - dragged.current.x)} onPointerUp={() => { dragged.current = null; }}
        onKeyDown={event => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          resize(width + (event.key === 'ArrowLeft' ? -16 : 16));
        }} />
    </aside>
  );
}
