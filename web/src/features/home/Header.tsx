// The bar above the home page: mark, search, the running runtimes, what is new, the account.
import { type RefObject, useEffect, useRef, useState } from 'react';
import { BookText, ListChecks, LogOut, Scale, Search, Server, Settings, ShieldCheck, X } from 'lucide-react';
import { addressOf } from '../../api/config';
import type { Account } from '../../api/schema';
import { type Place, queryOf, root } from '../../core/home-place';
import { initials } from '../../core/presence';
import { currentRuntime } from '../../core/runtime-state';
import { t } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import { Menu, type MenuPlace } from '../../ui/menu';
import { useStore } from '../../ui/use-store';
import type { Home } from './home';
import { NoticesBell } from './NoticesBell';

interface HeaderProps {
  readonly home: Home;
  readonly account: Account;
  readonly search: RefObject<HTMLInputElement>;
  readonly onSignOut: () => void;
}

export function Header({ home, account, search, onSignOut }: HeaderProps) {
  return (
    <header className="home-header">
      <a className="home-brand" href={addressOf('') + queryOf(root)} aria-label={t('home')} onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        home.go(root);
      }}><Logo size={34} /><span>Allmende</span></a>
      <SearchField home={home} input={search} />
      <RuntimeMark home={home} />
      <NoticesBell />
      <AccountMenu home={home} account={account} onSignOut={onSignOut} />
    </header>
  );
}

const pause = 200;

function SearchField({ home, input }: { home: Home; input: RefObject<HTMLInputElement> }) {
  const { place } = useStore(home.store);
  const [words, setWords] = useState(place.kind === 'search' ? place.query : '');
  const before = useRef<Place>(root);
  useEffect(() => {
    if (place.kind === 'search') return;
    before.current = place;
    setWords('');
  }, [place]);
  useEffect(() => {
    if (place.kind === 'search') setWords(current => (current.trim() === place.query ? current : place.query));
  }, [place]);
  useEffect(() => {
    const query = words.trim();
    const { place: now } = home.store.get();
    if (query === (now.kind === 'search' ? now.query : '')) return;
    const timer = setTimeout(() => home.go(query ? { kind: 'search', query } : before.current, now.kind === 'search' ? 'replace' : 'push'), pause);
    return () => clearTimeout(timer);
  }, [words, home]);
  const leave = () => {
    setWords('');
    home.go(before.current, place.kind === 'search' ? 'replace' : 'push');
  };
  return (
    <search className="home-search" role="search">
      <Search size={18} aria-hidden />
      <input ref={input} type="search" aria-label={t('search')} aria-keyshortcuts="/" placeholder={t('search.hint')} value={words} spellCheck={false} autoComplete="off"
        onChange={event => setWords(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape' && words) leave();
          if (event.key === 'ArrowDown' || event.key === 'Enter') document.querySelector<HTMLElement>('.grid')?.focus();
          else if (event.key !== 'Escape') return;
          event.preventDefault();
        }} />
      {words ? <button type="button" className="al-icon-button" aria-label={t('search.clear')} onClick={() => {
        leave();
        input.current?.focus();
      }}><X size={16} aria-hidden /></button> : <kbd aria-hidden>/</kbd>}
    </search>
  );
}

function RuntimeMark({ home }: { home: Home }) {
  const { runtimes } = useStore(home.store);
  const runtime = currentRuntime(runtimes);
  if (!runtime) return null;
  const name = runtimes.length > 1 ? t('runtime.several', { count: runtimes.length }) : t(`runtime.${runtime.state}`);
  return (
    <button type="button" className={`runtime-mark runtime-${runtime.state}`} aria-haspopup="dialog" aria-label={t('runtime.show', { state: name })} onClick={() => home.store.set({ dialog: { kind: 'runtime' } })}>
      <i aria-hidden /><span>{name}</span>
    </button>
  );
}

function AccountMenu({ home, account, onSignOut }: { home: Home; account: Account; onSignOut: () => void }) {
  const [place, setPlace] = useState<MenuPlace | null>(null);
  return (
    <>
      <button type="button" className="avatar" aria-haspopup="menu" title={account.display_name} onClick={event => setPlace({ under: event.currentTarget })}><span aria-hidden>{initials(account.display_name || account.name)}</span><span className="al-hidden-text">{t('account.of', { name: account.display_name })}</span></button>
      {place && <Menu label={t('place.account')} place={place} onClose={() => setPlace(null)} items={[
        { kind: 'text', label: account.display_name === account.name ? account.name : `${account.display_name} (${account.name})` },
        { kind: 'action', label: t('place.account'), icon: <Settings size={16} aria-hidden />, run: () => home.go({ kind: 'account' }) },
        { kind: 'action', label: t('policy.title'), icon: <Scale size={16} aria-hidden />, run: () => location.assign(addressOf('policy')) },
        { kind: 'action', label: t('decisions.title'), icon: <ListChecks size={16} aria-hidden />, run: () => location.assign(addressOf('decisions')) },
        ...(account.admin ? [{ kind: 'action' as const, label: t('machine.title'), icon: <Server size={16} aria-hidden />, run: () => location.assign(addressOf('machine')) }] : []),
        ...(account.admin ? [{ kind: 'action' as const, label: t('staff.title'), icon: <ShieldCheck size={16} aria-hidden />, run: () => location.assign(addressOf('staff')) }] : []),
        { kind: 'action', label: t('account.apiDocs'), icon: <BookText size={16} aria-hidden />, run: () => void window.open(addressOf('api/openapi.json'), '_blank', 'noopener') },
        { kind: 'line' },
        { kind: 'action', label: t('account.signOut'), icon: <LogOut size={16} aria-hidden />, run: onSignOut },
      ]} />}
    </>
  );
}
