// The small bar at the upper right of the chosen cell. There is one of it; it goes from cell to cell.
import { type Cell, MarkdownCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ArrowDown, ArrowUp, Check, EllipsisVertical, Link, MessageSquarePlus, Pencil, Trash2 } from 'lucide-react';
import type { CommandId } from '../../../core/notebook-commands';
import { Store } from '../../../core/store';
import { t } from '../../../ui/i18n';
import { Menu, type MenuItem, type MenuPlace } from '../../../ui/menu';
import { useStore } from '../../../ui/use-store';
import { menuItem, titleOf, titleWithKeys } from '../page/words';
import type { Page } from '../store';

interface Shown {
  readonly cell: Cell | null;
  /** Of a text cell: whether it is shown as text. */
  readonly rendered: boolean;
}

const more: readonly (CommandId | '-')[] = ['cut', 'copy', 'paste', 'duplicate-cell', '-', 'split', 'merge', 'to-code', 'to-text', '-', 'toggle-code', 'toggle-output', 'clear-output', '-', 'run-before', 'run-after'];

function CellToolbar({ page, shown }: { page: Page; shown: Store<Shown> }) {
  const { cell, rendered } = useStore(shown);
  const [place, setPlace] = useState<MenuPlace | null>(null);
  if (!cell) return null;
  const button = (id: CommandId, Picture: typeof ArrowUp) => <button type="button" title={titleWithKeys(id)} aria-label={titleOf(id)} onClick={() => page.run(id)}><Picture size={16} aria-hidden /></button>;
  if (!page.mayEdit) return <div className="al-cell-tools" role="toolbar" aria-label={t('cell.tools')}>{button('copy-link', Link)}{page.mayComment && button('comment', MessageSquarePlus)}</div>;
  const items = (): MenuItem[] => more.map(id => (id === '-' ? { kind: 'line' } : menuItem(page, id, page.state.commands)));
  return (
    <div className="al-cell-tools" role="toolbar" aria-label={t('cell.tools')}>
      {cell instanceof MarkdownCell && <button type="button" title={t(rendered ? 'cell.edit' : 'cell.close')} aria-label={t(rendered ? 'cell.edit' : 'cell.close')} onClick={() => page.run(rendered ? 'edit' : 'run-cell')}>{rendered ? <Pencil size={16} aria-hidden /> : <Check size={16} aria-hidden />}</button>}
      {button('move-up', ArrowUp)}{button('move-down', ArrowDown)}{button('copy-link', Link)}{button('comment', MessageSquarePlus)}{button('delete', Trash2)}
      <button type="button" aria-haspopup="menu" title={t('cell.more')} aria-label={t('cell.more')} onClick={event => setPlace({ under: event.currentTarget })}><EllipsisVertical size={16} aria-hidden /></button>
      {place && <Menu label={t('cell.more')} place={place} items={items()} onClose={() => setPlace(null)} />}
    </div>
  );
}

export function showCellToolbar(page: Page, panel: NotebookPanel): void {
  const shown = new Store<Shown>({ cell: null, rendered: false });
  const host = document.createElement('div');
  host.className = 'al-cell-tools-host';
  for (const kind of ['mousedown', 'pointerdown', 'dblclick'] as const) host.addEventListener(kind, event => event.stopPropagation()); // no drag, no editing begins here
  createRoot(host).render(<CellToolbar page={page} shown={shown} />);
  const follow = () => {
    const cell = panel.content.activeCell;
    if (cell && host.parentElement !== cell.node) cell.node.append(host);
    shown.set({ cell, rendered: cell instanceof MarkdownCell && cell.rendered });
  };
  let watched: MarkdownCell | null = null;
  panel.content.activeCellChanged.connect((_, cell) => {
    watched?.renderedChanged.disconnect(follow);
    watched = cell instanceof MarkdownCell ? cell : null;
    watched?.renderedChanged.connect(follow);
    follow();
  });
  follow();
}
