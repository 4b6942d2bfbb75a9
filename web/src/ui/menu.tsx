// A menu at a button or at the pointer: arrows, letters, Home and End move, Enter chooses, Escape leaves and gives the focus back.
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Check } from 'lucide-react';
import './controls.css';

export type MenuItem =
  | { readonly kind: 'action'; readonly label: string; readonly icon?: ReactNode; readonly keys?: string; readonly danger?: boolean; readonly disabled?: boolean; readonly run: () => void }
  | { readonly kind: 'choice'; readonly label: string; readonly chosen: boolean; readonly keys?: string; readonly disabled?: boolean; readonly run: () => void }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'line' };

/** Where it opens: below an element, or at a point of the window. */
export type MenuPlace = { readonly under: Element } | { readonly x: number; readonly y: number };

interface MenuProps {
  readonly label: string;
  readonly place: MenuPlace;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
  /** Left and right arrow: for menus that stand in a row. */
  readonly onSide?: (direction: 1 | -1) => void;
}

const edge = 8;

function positionOf(place: MenuPlace, size: DOMRect): { left: number; top: number } {
  const anchor = 'under' in place ? place.under.getBoundingClientRect() : new DOMRect(place.x, place.y, 0, 0);
  const opensLeft = anchor.left + size.width > innerWidth - edge;
  const left = opensLeft ? anchor.right - size.width : anchor.left;
  const below = anchor.bottom + 4;
  const top = below + size.height > innerHeight - edge ? anchor.top - size.height - 4 : below;
  return { left: Math.max(edge, Math.min(left, innerWidth - size.width - edge)), top: Math.max(edge, Math.min(top, innerHeight - size.height - edge)) };
}

function itemsIn(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([aria-disabled="true"])') ?? [])];
}

function moveFocus(event: KeyboardEvent, menu: HTMLElement | null): boolean {
  const all = itemsIn(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  const next =
    event.key === 'ArrowDown' ? all[(at + 1) % all.length]
    : event.key === 'ArrowUp' ? all[(at - 1 + all.length) % all.length]
    : event.key === 'Home' ? all[0]
    : event.key === 'End' ? all.at(-1)
    : event.key.length === 1 && event.key !== ' ' ? turned.find(item => item.innerText.trim().toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase()))
    : undefined;
  next?.focus();
  return next !== undefined;
}

export function Menu({ label, place, items, onClose, onSide }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const [position, setPosition] = useState<{ left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    if (menu.current) setPosition(positionOf(place, menu.current.getBoundingClientRect()));
  }, [place]);
  useEffect(() => {
    const before = document.activeElement;
    itemsIn(menu.current)[0]?.focus();
    return () => {
      const lost = document.activeElement === document.body || menu.current?.contains(document.activeElement);
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => {
    const elsewhere = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) onClose();
    };
    addEventListener('pointerdown', elsewhere, true);
    addEventListener('resize', onClose);
    addEventListener('blur', onClose);
    return () => {
      removeEventListener('pointerdown', elsewhere, true);
      removeEventListener('resize', onClose);
      removeEventListener('blur', onClose);
    };
  }, [onClose]);
  const pick = (run: () => void) => {
    onClose();
    run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (onSide && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) onSide(event.key === 'ArrowLeft' ? -1 : 1);
    else if (!moveFocus(event, menu.current)) return;
    event.preventDefault();
  };
  return createPortal(
    <div ref={menu} className="al-menu" role="menu" aria-label={label} tabIndex={-1} style={position ?? { left: 0, top: 0, opacity: 0 }} onKeyDown={onKeyDown} onContextMenu={event => event.preventDefault()}>
      {items.map((item, index) => <Line key={index} item={item} pick={pick} />)}
    </div>,
    document.body,
  );
}

function Line({ item, pick }: { item: MenuItem; pick: (run: () => void) => void }) {
  if (item.kind === 'line') return <div role="separator" className="al-menu-line" />;
  if (item.kind === 'text') return <div role="presentation" className="al-menu-text">{item.label}</div>;
  if (item.kind === 'choice')
    return (
      <button type="button" role="menuitemradio" aria-checked={item.chosen} aria-disabled={item.disabled ?? false} tabIndex={-1} onClick={() => !item.disabled && pick(item.run)}>
        <span className="al-menu-icon">{item.chosen && <Check size={16} aria-hidden />}</span>{item.label}
        {item.keys && <kbd aria-hidden>{item.keys}</kbd>}
      </button>
    );
  return (
    <button type="button" role="menuitem" tabIndex={-1} aria-disabled={item.disabled ?? false} className={item.danger ? 'al-danger' : ''} onClick={() => !item.disabled && pick(item.run)}>
      <span className="al-menu-icon">{item.icon}</span>{item.label}
      {item.keys && <kbd aria-hidden>{item.keys}</kbd>}
    </button>
  );
}
