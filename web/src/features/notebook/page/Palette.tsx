// Every command by its name.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Search } from 'lucide-react';
import { type CommandId, fitting, isEnabled, menus, paletteIds } from '../../../core/notebook-commands';
import { keysOf } from '../../../core/notebook-keys';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';
import { keyWords, titleOf } from './words';

interface Entry {
  readonly id: CommandId;
  readonly title: string;
  readonly group: string;
  readonly keys: string | null;
}

function allEntries(page: Page): Entry[] {
  const groupOf = (id: CommandId) => menus.find(menu => menu.items.includes(id))?.id;
  return paletteIds.filter(id => isEnabled(page.state.commands[id])).map(id => {
    const group = groupOf(id);
    return { id, title: titleOf(id), group: group ? t(`menu.${group}`) : t('menu.cells'), keys: keysOf(id) };
  });
}

export function Palette({ page, onClose }: { page: Page; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [all] = useState(() => allEntries(page));
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const hits = fitting(all, words);
  const chosen = hits[Math.min(at, hits.length - 1)];
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useEffect(() => {
    dialog.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id]);
  const run = (entry: Entry | undefined) => {
    onClose();
    if (entry) setTimeout(() => page.run(entry.id)); // after the focus went back to the notebook
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const last = hits.length - 1;
    if (event.key === 'ArrowDown') setAt(at >= last ? 0 : at + 1);
    else if (event.key === 'ArrowUp') setAt(at <= 0 ? last : at - 1);
    else if (event.key === 'Enter') run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} className="nb-palette" aria-label={t('command.palette')} onKeyDown={onKeyDown} onCancel={event => {
      event.preventDefault();
      onClose();
    }} onPointerDown={event => event.target === dialog.current && onClose()}>
      <div className="nb-palette-field">
        <Search size={18} aria-hidden />
        <input type="text" role="combobox" aria-expanded aria-controls={list} aria-activedescendant={chosen ? `${list}-${chosen.id}` : undefined} aria-label={t('palette.search')} placeholder={t('palette.search')} value={words} autoFocus spellCheck={false} autoComplete="off" onChange={event => {
          setWords(event.target.value);
          setAt(0);
        }} />
      </div>
      <ul id={list} role="listbox" aria-label={t('command.palette')}>
        {hits.map(entry => (
          <li key={entry.id} id={`${list}-${entry.id}`} role="option" aria-selected={entry === chosen} onPointerMove={() => setAt(hits.indexOf(entry))} onClick={() => run(entry)}>
            <span>{entry.title}</span><small>{entry.group}</small>{entry.keys && <kbd>{keyWords(entry.keys)}</kbd>}
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="nb-palette-none" role="status">{t('palette.none', { words })}</p>}
    </dialog>
  );
}
