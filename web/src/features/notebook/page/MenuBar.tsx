// File, Edit, View …: a row of menus; on narrow windows one button that holds them all.
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { Menu as Burger } from 'lucide-react';
import { type MenuId, menus as allMenus } from '../../../core/notebook-commands';
import { t } from '../../../ui/i18n';
import { Menu, type MenuItem, type MenuPlace } from '../../../ui/menu';
import { narrow, useMedia } from '../../../ui/use-media';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { menuItem } from './words';

/** Who only reads has no use for those that only change and run. */
const menusFor = (page: Page): typeof allMenus => (page.mayEdit ? allMenus : allMenus.filter(({ id }) => id !== 'insert' && id !== 'runtime'));

function itemsOf(page: Page, menu: (typeof allMenus)[number]): MenuItem[] {
  const { commands } = page.state;
  return menu.items.map(item => (item === '-' ? { kind: 'line' } : menuItem(page, item, commands)));
}

export function MenuBar({ page }: { page: Page }) {
  const { opening } = useStore(page.store);
  const isNarrow = useMedia(narrow);
  if (opening.kind === 'failed') return null;
  return isNarrow ? <FoldedMenus page={page} /> : <Row page={page} />;
}

function Row({ page }: { page: Page }) {
  const menus = menusFor(page);
  const bar = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<MenuId | null>(null);
  const [focused, setFocused] = useState<MenuId>('file');
  const buttonOf = (id: MenuId) => bar.current?.querySelector<HTMLElement>(`[data-menu="${id}"]`) ?? null;
  const step = (from: MenuId, by: 1 | -1): MenuId => {
    const at = menus.findIndex(menu => menu.id === from);
    return menus[(at + by + menus.length) % menus.length]?.id ?? from;
  };
  const close = useCallback(() => setOpen(null), []);
  const onKeyDown = (event: KeyboardEvent, id: MenuId) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setOpen(id);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const next = step(id, event.key === 'ArrowRight' ? 1 : -1);
      setFocused(next);
      buttonOf(next)?.focus();
    } else return;
    event.preventDefault();
  };
  const shown = menus.find(menu => menu.id === open);
  const button = open && buttonOf(open);
  return (
    <div className="nb-menus" role="menubar" aria-label={t('menus')} ref={bar}>
      {menus.map(({ id }) => (
        <button key={id} type="button" role="menuitem" data-menu={id} aria-haspopup="menu" aria-expanded={open === id} tabIndex={focused === id ? 0 : -1}
          onPointerDown={event => {
            event.preventDefault(); // the focus stays where the command will act
            event.stopPropagation();
            setFocused(id);
            setOpen(before => (before === id ? null : id));
          }}
          onClick={event => event.detail === 0 && setOpen(id)}
          onPointerEnter={() => open && setOpen(id)} onFocus={() => setFocused(id)} onKeyDown={event => onKeyDown(event, id)}>{t(`menu.${id}`)}</button>
      ))}
      {shown && button && <Menu key={shown.id} label={t(`menu.${shown.id}`)} place={{ under: button }} items={itemsOf(page, shown)} onClose={close} onSide={by => {
        const next = step(shown.id, by);
        setFocused(next);
        setOpen(next);
      }} />}
    </div>
  );
}

function FoldedMenus({ page }: { page: Page }) {
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const items = (): MenuItem[] => menusFor(page).flatMap((menu, at) => [...(at > 0 ? [{ kind: 'line' } as const] : []), { kind: 'text', label: t(`menu.${menu.id}`) } as const, ...itemsOf(page, menu).filter(item => item.kind !== 'line')]);
  return (
    <>
      <button type="button" className="al-icon-button nb-burger" aria-haspopup="menu" aria-label={t('menus')} onClick={event => setPlace({ under: event.currentTarget })}><Burger size={20} aria-hidden /></button>
      {place && <Menu label={t('menus')} place={place} items={items()} onClose={() => setPlace(null)} />}
    </>
  );
}
