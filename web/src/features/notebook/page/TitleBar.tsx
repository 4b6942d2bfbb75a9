// The top of the page: mark and way home, the notebook's name, whether it is saved, the menus, the account.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { House, LogIn, LogOut, Settings, UserPlus } from 'lucide-react';
import { addressOf } from '../../../api/config';
import { parentOf } from '../../../core/listing';
import { initials } from '../../../core/presence';
import { isAtRisk } from '../../../core/saving';
import { t } from '../../../ui/i18n';
import { Logo } from '../../../ui/logo';
import { Menu, type MenuPlace } from '../../../ui/menu';
import { useStore } from '../../../ui/use-store';
import { leave } from '../../signed-out';
import type { Page, PageState } from '../store';
import { MenuBar } from './MenuBar';
import { People } from './People';
import { SaveState } from './SaveState';

/** Where the notebook is listed. */
export const homeAddress = ({ path, owner }: Pick<PageState, 'path' | 'owner'>): string => {
  const folder = parentOf(path);
  return addressOf(owner ? '?view=shared' : folder ? `?folder=${encodeURIComponent(folder)}` : '');
};

const bare = (name: string) => name.replace(/\.ipynb$/, '');

export function TitleBar({ page }: { page: Page }) {
  const state = useStore(page.store);
  const { name, opening, role, owner } = state;
  return (
    <div className="nb-title">
      <a className="nb-home" href={homeAddress(state)} title={t('home')} aria-label={t('home')}><Logo size={34} /></a>
      <div className="nb-title-lines">
        <div className="nb-title-row">
          {opening.kind === 'open' && role === 'owner' ? <Name page={page} /> : <h1 className="nb-name">{bare(name)}</h1>}
          {owner && <span className="nb-owner">{t('share.ownedBy', { name: owner.display_name || owner.name })}</span>}
          <SaveState page={page} />
        </div>
        <MenuBar page={page} />
      </div>
      <People page={page} />
      {opening.kind === 'open' && page.mayEdit && <button type="button" className="al-button al-button-primary nb-share" aria-label={t('command.share')} onClick={() => page.run('share')}><UserPlus size={16} aria-hidden /><span>{t('command.share')}</span></button>}
      <AccountMenu page={page} />
    </div>
  );
}

/** The name is a field that looks like a heading; Enter renames, Escape takes it back. */
function Name({ page }: { page: Page }) {
  const { name, dialog } = useStore(page.store);
  const [text, setText] = useState(bare(name));
  const [fault, setFault] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const settled = useRef(false);
  useEffect(() => setText(bare(name)), [name]);
  useEffect(() => {
    if (dialog?.kind !== 'rename') return;
    page.show(null);
    input.current?.focus();
    input.current?.select();
  }, [dialog, page]);
  const rename = async () => {
    const wanted = text.trim();
    if (wanted === bare(name) || settled.current) return;
    const said = wanted === '' ? t('name.empty') : await page.deeds?.rename(/\.ipynb$/i.test(wanted) ? wanted : `${wanted}.ipynb`);
    setFault(said ?? null);
    if (said) input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      settled.current = true;
      setText(bare(name));
      setFault(null);
    }
    if (event.key !== 'Escape' && event.key !== 'Enter') return;
    event.preventDefault();
    if (event.key === 'Enter') void rename().then(() => page.state.path && page.deeds?.focusNotebook());
    else page.deeds?.focusNotebook();
  };
  return (
    <span className="nb-name-field" data-text={text || ' '}>
      <h1 className="al-hidden-text">{bare(name)}</h1>
      <input ref={input} className="nb-name" aria-label={t('name')} aria-invalid={fault ? true : undefined} aria-describedby={fault ? 'nb-name-fault' : undefined} value={text} spellCheck={false} size={1}
        onFocus={() => { settled.current = false; }} onBlur={() => void rename()} onChange={event => {
          setText(event.target.value);
          setFault(null);
        }} onKeyDown={onKeyDown} />
      {fault && <span id="nb-name-fault" className="nb-name-fault" role="alert">{fault}</span>}
    </span>
  );
}

function AccountMenu({ page }: { page: Page }) {
  const state = useStore(page.store);
  const { account, saving } = state;
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const signIn = `${addressOf('login')}?next=${encodeURIComponent(location.pathname + location.search)}`;
  if (!account) return <a className="al-button al-button-primary" href={signIn}><LogIn size={16} aria-hidden />{t('signIn.go')}</a>;
  const askedLeave = () => (isAtRisk(saving) ? page.show({ kind: 'confirm', title: t('signOut.title'), text: t('signOut.text'), action: t('account.signOut'), danger: true, run: () => void leave() }) : void leave());
  return (
    <>
      <button type="button" className="nb-avatar" aria-haspopup="menu" title={account.display_name} onClick={event => setPlace({ under: event.currentTarget })}><span aria-hidden>{initials(account.display_name || account.name)}</span><span className="al-hidden-text">{t('account.of', { name: account.display_name || account.name })}</span></button>
      {place && <Menu label={t('place.account')} place={place} onClose={() => setPlace(null)} items={[
        { kind: 'text', label: account.display_name === account.name ? account.name : `${account.display_name} (${account.name})` },
        { kind: 'action', label: t('place.files'), icon: <House size={16} aria-hidden />, run: () => location.assign(homeAddress(state)) },
        { kind: 'action', label: t('place.account'), icon: <Settings size={16} aria-hidden />, run: () => location.assign(addressOf('?view=account')) },
        { kind: 'line' },
        { kind: 'action', label: t('account.signOut'), icon: <LogOut size={16} aria-hidden />, run: askedLeave },
      ]} />}
    </>
  );
}
