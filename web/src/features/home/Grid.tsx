// A list of any length: columns, choosing with mouse and keyboard, a menu for each row. Only the rows in sight are drawn.
import { type DragEvent, type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { ArrowDown, ArrowUp, EllipsisVertical } from 'lucide-react';
import type { Sort, SortKey } from '../../core/listing';
import { choose, chooseAll, nothing, type Selection, step, typedAhead } from '../../core/selection';
import { t } from '../../ui/i18n';
import type { MenuPlace } from '../../ui/menu';
import { narrow, useMedia } from '../../ui/use-media';
import { useRowWindow } from '../../ui/use-window';
import './grid.css';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly sort?: SortKey;
  readonly cell: (row: Row) => ReactNode;
}

export interface GridProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  /** The first is the name; the others stand beside it, or below it on a phone. */
  readonly columns: readonly Column<Row>[];
  readonly selection: Selection;
  readonly onSelection: (next: Selection) => void;
  readonly onOpen: (row: Row) => void;
  readonly onMenu: (row: Row, place: MenuPlace) => void;
  /** Keys beyond moving, choosing and opening; true when used. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly sort?: Sort;
  readonly onSort?: (key: SortKey) => void;
  readonly drag?: { readonly start: (row: Row, event: DragEvent) => void; readonly accepts: (row: Row) => boolean; readonly drop: (row: Row, event: DragEvent) => void };
  readonly element?: RefObject<HTMLDivElement>;
}

const headHeight = 36;
const pause = 700;

export function Grid<Row>(props: GridProps<Row>) {
  const { rows, keyOf, nameOf, columns, selection, onSelection } = props;
  const own = useRef<HTMLDivElement>(null);
  const grid = props.element ?? own;
  const typed = useRef({ text: '', at: 0 });
  const small = useMedia(narrow);
  const rowHeight = small ? 60 : 44;
  const order = rows.map(keyOf);
  const { window, show } = useRowWindow(grid, rows.length, rowHeight, small ? 0 : headHeight);
  const activeIndex = selection.active === null ? -1 : order.indexOf(selection.active);
  useEffect(() => {
    if (activeIndex >= 0) show(activeIndex);
  }, [activeIndex, show]);

  const rowId = (index: number) => `row-${index}`;
  const menuAt = (index: number, place?: MenuPlace) => {
    const row = rows[index];
    const element = document.getElementById(rowId(index))?.querySelector('.grid-more');
    if (row && (place || element)) props.onMenu(row, place ?? { under: element as Element });
  };
  const moveBy = (event: KeyboardEvent): number | null => {
    const page = Math.max(1, window.rowsInSight - 2);
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    return event.altKey ? null : (moves[event.key] ?? null);
  };
  const typeAhead = (event: KeyboardEvent): boolean => {
    if (event.key.length !== 1 || event.key === ' ' || event.key === '/' || event.ctrlKey || event.metaKey || event.altKey) return false;
    typed.current = { text: (event.timeStamp - typed.current.at < pause ? typed.current.text : '') + event.key, at: event.timeStamp };
    const found = typedAhead(rows.map(row => ({ path: keyOf(row), name: nameOf(row) })), selection.active, typed.current.text);
    if (found !== null) onSelection(choose(order, selection, found, 'only'));
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== grid.current) return;
    const by = moveBy(event);
    const active = rows[activeIndex];
    if (by !== null) onSelection(step(order, selection, by, event.shiftKey ? 'extend' : 'only'));
    else if (event.key === 'Enter' && active) props.onOpen(active);
    else if (event.key === ' ' && selection.active !== null) onSelection(choose(order, selection, selection.active, 'toggle'));
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) onSelection(chooseAll(order, selection));
    else if (event.key === 'Escape' && selection.chosen.size > 0) onSelection({ ...nothing, active: selection.active });
    else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && active) menuAt(activeIndex);
    else if (!props.onKey(event) && !typeAhead(event)) return;
    event.preventDefault();
  };
  const onRowClick = (event: MouseEvent, row: Row) => {
    if ((event.target as Element).closest('a, button, input')) return;
    grid.current?.focus(); // first: an untouched list takes its first row as active when the focus comes
    onSelection(choose(order, selection, keyOf(row), event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only'));
  };
  const onRowMenu = (event: MouseEvent, row: Row) => {
    if ((event.target as Element).closest('input')) return;
    event.preventDefault();
    if (!selection.chosen.has(keyOf(row))) onSelection(choose(order, selection, keyOf(row), 'only'));
    props.onMenu(row, { x: event.clientX, y: event.clientY });
  };
  const drawn = Array.from({ length: window.end - window.first }, (_, index) => window.first + index);
  if (activeIndex >= 0 && !drawn.includes(activeIndex)) drawn.push(activeIndex); // aria-activedescendant must exist
  return (
    <div
      ref={grid}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-multiselectable="true"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={activeIndex >= 0 ? rowId(activeIndex) : undefined}
      onKeyDown={onKeyDown}
      onFocus={event => {
        if (event.target === grid.current && selection.active === null && order[0] !== undefined) onSelection({ ...selection, active: order[0] });
      }}
    >
      <Head columns={columns} {...(props.sort ? { sort: props.sort } : {})} {...(props.onSort ? { onSort: props.onSort } : {})} />
      <div role="rowgroup" className="grid-body" style={{ height: rows.length * rowHeight }}>
        {drawn.map(index => {
          const row = rows[index];
          if (row === undefined) return null;
          const chosen = selection.chosen.has(keyOf(row));
          const takes = props.drag?.accepts(row);
          return (
            <div
              key={keyOf(row)}
              id={rowId(index)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={chosen}
              className={index === activeIndex ? 'grid-row grid-active' : 'grid-row'}
              style={{ height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
              onClick={event => onRowClick(event, row)}
              onDoubleClick={event => !(event.target as Element).closest('a, button, input') && props.onOpen(row)}
              onContextMenu={event => onRowMenu(event, row)}
              draggable={props.drag !== undefined}
              onDragStart={event => props.drag?.start(row, event)}
              onDragOver={takes ? event => {
                if (event.dataTransfer.types.includes('Files')) return;
                event.preventDefault();
                event.currentTarget.classList.add('grid-takes');
              } : undefined}
              onDragLeave={takes ? event => event.currentTarget.classList.remove('grid-takes') : undefined}
              onDrop={takes ? event => {
                event.currentTarget.classList.remove('grid-takes');
                props.drag?.drop(row, event);
              } : undefined}
            >
              <span role="gridcell" className="grid-check">
                <input type="checkbox" tabIndex={-1} checked={chosen} aria-label={t('grid.choose', { name: nameOf(row) })} onChange={() => {
                  grid.current?.focus();
                  onSelection(choose(order, selection, keyOf(row), 'toggle'));
                }} />
              </span>
              {columns.map(column => <span key={column.key} role="gridcell" className={`grid-${column.key}`}>{column.cell(row)}</span>)}
              <span role="gridcell" className="grid-end">
                <button type="button" tabIndex={-1} className="al-icon-button grid-more" aria-label={t('grid.more', { name: nameOf(row) })} aria-haspopup="menu" onClick={event => {
                  grid.current?.focus();
                  if (!chosen) onSelection(choose(order, selection, keyOf(row), 'only'));
                  props.onMenu(row, { under: event.currentTarget });
                }}><EllipsisVertical size={18} aria-hidden /></button>
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Head<Row>({ columns, sort, onSort }: { columns: readonly Column<Row>[]; sort?: Sort; onSort?: (key: SortKey) => void }) {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-row">
        <span role="columnheader" className="grid-check"><span className="al-hidden-text">{t('grid.chosen')}</span></span>
        {columns.map(column => {
          const key = column.sort;
          const isSorted = key !== undefined && sort?.key === key;
          const direction = sort?.descending ? 'descending' : 'ascending';
          return (
            <span key={column.key} role="columnheader" className={`grid-${column.key}`} aria-sort={isSorted ? direction : undefined}>
              {key && onSort ? (
                <button type="button" onClick={() => onSort(key)}>{column.label}{isSorted && (sort?.descending ? <ArrowDown size={14} aria-hidden /> : <ArrowUp size={14} aria-hidden />)}</button>
              ) : column.label}
            </span>
          );
        })}
        <span role="columnheader" className="grid-end"><span className="al-hidden-text">{t('grid.actions')}</span></span>
      </div>
    </div>
  );
}
