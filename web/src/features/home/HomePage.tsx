// The home page: search and account above, places at the side, one list in the middle.
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Clock, FolderClosed, GraduationCap, Trash2, UsersRound } from 'lucide-react';
import { addressOf } from '../../api/config';
import { getPolicy } from '../../api/policy';
import type { Account, Policy } from '../../api/schema';
import { type Place, placeOf, queryOf, root } from '../../core/home-place';
import { t } from '../../ui/i18n';
import { Notices } from '../../ui/notices';
import { useStore } from '../../ui/use-store';
import { Dialogs } from './Dialogs';
import { watchSigningOut } from '../signed-out';
import { DropZone } from './DropZone';
import { FilesView } from './FilesView';
import { Header } from './Header';
import { Home } from './home';
import { dropNotice, homeStore } from './home-store';
import { NewMenu } from './NewMenu';
import { Preview } from './Preview';
import { SharedView } from './SharedView';
import { TrashView } from './TrashView';
import { Uploads } from './uploads';
import { UploadTray } from './UploadTray';
import { watchRuntimes } from './watch-runtimes';
import './home.css';

interface HomePageProps {
  readonly account: Account;
  /** What `?view=account` and `?view=groups` show. */
  readonly accountPage: ReactNode;
  readonly groupsPage: ReactNode;
  readonly onSignOut: () => void;
}

const places: readonly { readonly place: Place; readonly label: string; readonly Picture: typeof Clock; readonly holds: (place: Place) => boolean }[] = [
  { place: { kind: 'recent' }, label: 'place.recent', Picture: Clock, holds: place => place.kind === 'recent' },
  { place: root, label: 'place.files', Picture: FolderClosed, holds: place => place.kind === 'folder' || place.kind === 'search' },
  { place: { kind: 'shared' }, label: 'place.shared', Picture: UsersRound, holds: place => place.kind === 'shared' },
  { place: { kind: 'groups' }, label: 'place.groups', Picture: GraduationCap, holds: place => place.kind === 'groups' },
  { place: { kind: 'trash' }, label: 'place.trash', Picture: Trash2, holds: place => place.kind === 'trash' },
];

function titleOf(place: Place): string {
  if (place.kind === 'folder') return (place.file ?? place.path).split('/').at(-1) || t('place.files');
  return place.kind === 'search' ? t('search.results', { query: place.query }) : t(`place.${place.kind}`);
}

/** Rules that were published and not accepted yet (at the first sign-in, and when they change), and a restriction of the person. */
function NewRules() {
  const [policy, setPolicy] = useState<Policy | null>(null);
  useEffect(() => void getPolicy().then(setPolicy, () => undefined), []);
  if (!policy) return null;
  const { accepted = 0, last, restriction } = policy;
  return (
    <>
      {restriction && <p className="home-banner" role="alert">{t('policy.news.restriction')} <a href={`${addressOf('decisions')}#${restriction}`}>{t('policy.news.look')}</a></p>}
      {accepted < last && <p className="home-banner" role="status">{t(`policy.news.${accepted === 0 ? 'first' : 'changed'}`)} <a href={addressOf('policy')}>{t('policy.news.read')}</a></p>}
    </>
  );
}

export function HomePage({ account, accountPage, groupsPage, onSignOut }: HomePageProps) {
  const home = useMemo(() => new Home(homeStore()), []);
  const uploads = useMemo(() => new Uploads(home.store, () => home.refresh()), [home]);
  const { place, notices, signedOut, said } = useStore(home.store);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const follow = () => home.show(placeOf(location.search));
    follow();
    addEventListener('popstate', follow);
    const seen = () => document.visibilityState === 'visible' && void home.refresh();
    document.addEventListener('visibilitychange', seen);
    const stopHearing = watchSigningOut(() => home.store.set({ signedOut: true }));
    const stopWatching = watchRuntimes(home.store);
    return () => {
      removeEventListener('popstate', follow);
      document.removeEventListener('visibilitychange', seen);
      stopHearing();
      stopWatching();
    };
  }, [home]);
  useEffect(() => {
    document.title = `${titleOf(place)} – Allmende`;
  }, [place]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing = event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
      if (writing || event.defaultPrevented) return;
      if (event.key === '/' && !event.ctrlKey && !event.metaKey) search.current?.focus();
      else if (!(event.key === 'z' && (event.ctrlKey || event.metaKey) && home.undoLatest())) return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [home]);
  return (
    <div className="home">
      <a className="skip" href="#list" onClick={event => {
        event.preventDefault();
        document.querySelector<HTMLElement>('.grid, main')?.focus();
      }}>{t('skip')}</a>
      <Header home={home} account={account} search={search} onSignOut={onSignOut} />
      <div className="home-banners">
        {signedOut && <p className="home-banner" role="alert">{t('signedOut')} <a href={`${addressOf('login')}?next=${encodeURIComponent(location.pathname + location.search)}`}>{t('signIn.go')}</a></p>}
        {!signedOut && <NewRules />}
      </div>
      <nav className="home-places" aria-label={t('places')}>
        <NewMenu home={home} uploads={uploads} />
        <ul>
          {places.map(({ place: to, label, Picture, holds }) => (
            <li key={label}>
              <a href={addressOf('') + queryOf(to)} aria-current={holds(place) ? 'page' : undefined} onClick={event => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                home.go(to);
              }}><Picture size={20} aria-hidden /><span>{t(label)}</span></a>
            </li>
          ))}
        </ul>
      </nav>
      <main className="home-main" id="list" tabIndex={-1}>
        {place.kind === 'account' ? accountPage : place.kind === 'groups' ? groupsPage : place.kind === 'trash' ? <TrashView home={home} /> : place.kind === 'shared' ? <SharedView home={home} /> : <FilesView home={home} uploads={uploads} />}
      </main>
      {place.kind === 'folder' && place.file && <Preview key={place.file} home={home} path={place.file} />}
      <Dialogs home={home} />
      <UploadTray home={home} uploads={uploads} />
      <DropZone home={home} uploads={uploads} />
      <Notices notices={notices} onDrop={id => dropNotice(home.store, id)} />
      <p className="al-hidden-text" role="status" aria-live="polite">{said}</p>
    </div>
  );
}
