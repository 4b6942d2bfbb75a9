// Notebooks of others that one can open.
import { useMemo, useState } from 'react';
import { BookOpen, CopyPlus, Eye, Link, LogOut, SquareArrowOutUpRight, UsersRound } from 'lucide-react';
import type { SharedDocument } from '../../api/schema';
import { sharedAddress } from '../../api/sharing';
import { dateWords } from '../../core/date-words';
import { locale, t } from '../../ui/i18n';
import { Menu, type MenuItem, type MenuPlace } from '../../ui/menu';
import { useStore } from '../../ui/use-store';
import { type Column, Grid } from './Grid';
import type { Home } from './home';
import { tell } from './home-store';
import { Failed, Loading } from './ListStates';

export function SharedView({ home }: { home: Home }) {
  const { shared, selection } = useStore(home.store);
  const [menu, setMenu] = useState<{ place: MenuPlace; entry: SharedDocument } | null>(null);
  const rows = shared.kind === 'ready' ? shared.rows : [];
  const now = new Date();
  const columns = useMemo((): Column<SharedDocument>[] => [
    { key: 'name', label: t('column.name'), cell: entry => <><BookOpen size={20} aria-hidden className="file-picture file-notebook" /><a className="file-name" tabIndex={-1} href={sharedAddress(entry.document)}>{entry.name}</a><span className="file-where">{entry.owner.display_name || entry.owner.name}</span></> },
    { key: 'modified', label: t('column.visited'), cell: ({ visited_at }) => (visited_at === undefined ? t('shared.never') : dateWords(new Date(visited_at), now, locale())) },
    { key: 'size', label: t('column.role'), cell: entry => t(`role.${entry.role}`) },
  ], [rows, now.getMinutes()]);
  const open = (entry: SharedDocument) => location.assign(sharedAddress(entry.document));
  const copyLink = (entry: SharedDocument) => {
    const address = new URL(sharedAddress(entry.document), location.origin).href;
    navigator.clipboard.writeText(address).then(() => tell(home.store, { text: t('shared.linkCopied') }), () => tell(home.store, { text: address }));
  };
  const icon = (Picture: typeof Eye) => <Picture size={16} aria-hidden />;
  const itemsFor = (entry: SharedDocument): MenuItem[] => [
    { kind: 'action', label: t('menu.open'), icon: icon(Eye), keys: t('key.enter'), run: () => open(entry) },
    { kind: 'action', label: t('menu.openNew'), icon: icon(SquareArrowOutUpRight), run: () => void window.open(sharedAddress(entry.document), '_blank', 'noopener') },
    { kind: 'line' },
    { kind: 'action', label: t('menu.duplicate'), icon: icon(CopyPlus), run: () => void home.copyShared(entry) },
    { kind: 'action', label: t('shared.copyLink'), icon: icon(Link), run: () => copyLink(entry) },
    ...(entry.share === undefined ? [] : [{ kind: 'line' } as const, { kind: 'action', label: t('shared.leave'), icon: icon(LogOut), danger: true, run: () => home.leaveShared(entry) } as const]),
  ];
  return (
    <>
      <div className="folder-head"><h1>{t('place.shared')}</h1></div>
      {shared.kind === 'loading' && <Loading onRetry={() => void home.refresh()} />}
      {shared.kind === 'failed' && <Failed home={home} failure={shared} />}
      {shared.kind === 'ready' && rows.length === 0 && <div className="list-state"><UsersRound size={40} aria-hidden /><h2>{t('empty.shared')}</h2><p>{t('empty.sharedMore')}</p></div>}
      {rows.length > 0 && (
        <Grid label={t('place.shared')} rows={rows} keyOf={row => row.document} nameOf={row => row.name} columns={columns} selection={selection} onSelection={next => home.store.set({ selection: next })}
          onOpen={open} onMenu={(entry, place) => setMenu({ place, entry })} onKey={() => false} />
      )}
      {menu && <Menu label={t('menu.label')} place={menu.place} items={itemsFor(menu.entry)} onClose={() => setMenu(null)} />}
    </>
  );
}
