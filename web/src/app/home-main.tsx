// The entry of `/` and `/login`: sign-in, home and account, without JupyterLab.
import { lazy, StrictMode, Suspense, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import { addressOf, config } from '../api/config';
import type { Account } from '../api/schema';
import { nextPath } from '../core/next-path';
import { HomePage } from '../features/home/HomePage';
import { leave } from '../features/signed-out';
import { SignIn } from '../features/sign-in/SignIn';
import { chosenLanguage, startTranslations } from '../ui/i18n';
import { startTheme } from '../ui/theme';
import '../ui/tokens.css';

const PolicyPage = lazy(() => import('../features/policy/PolicyPage').then(page => ({ default: page.PolicyPage })));
const DecisionsPage = lazy(() => import('../features/policy/DecisionsPage').then(page => ({ default: page.DecisionsPage })));
const StaffPage = lazy(() => import('../features/policy/StaffPage').then(page => ({ default: page.StaffPage })));
const MachinePage = lazy(() => import('../features/machine/MachinePage').then(page => ({ default: page.MachinePage })));
const EditPage = lazy(() => import('../features/edit/EditPage').then(page => ({ default: page.EditPage })));
const GroupsPage = lazy(() => import('../features/groups/GroupsPage').then(page => ({ default: page.GroupsPage })));
const JoinPage = lazy(() => import('../features/groups/JoinPage').then(page => ({ default: page.JoinPage })));
const AccountPage = lazy(() => import('../features/account/AccountPage').then(page => ({ default: page.AccountPage })));

function Signed({ account: atLoad }: { account: Account }) {
  const [account, setAccount] = useState(atLoad);
  const onSignOut = () => void leave();
  const accountPage = <Suspense fallback={null}><AccountPage account={account} onChanged={setAccount} onSignOut={onSignOut} /></Suspense>;
  const groupsPage = <Suspense fallback={null}><GroupsPage account={account} /></Suspense>;
  return <HomePage account={account} accountPage={accountPage} groupsPage={groupsPage} onSignOut={onSignOut} />;
}

interface Arrival {
  readonly isLogin: boolean;
  /** The secret of a one-time link. */
  readonly link: string | null;
  /** Where to go when signed in. */
  readonly next: string;
}

function arrival(): Arrival {
  const asked = new URLSearchParams(location.search);
  const isLogin = location.pathname.startsWith(addressOf('login'));
  const wanted = isLogin ? asked.get('next') : location.pathname + location.search + location.hash;
  const link = isLogin ? asked.get('link') : null;
  const next = nextPath(wanted, location.origin, config.base_url);
  if (link) history.replaceState(null, '', addressOf('login')); // the secret leaves the address
  return { isLogin, link, next };
}

function App({ isLogin, link, next }: Arrival) {
  if (location.pathname === addressOf('policy')) return <Suspense fallback={null}><PolicyPage signedIn={config.account !== null} /></Suspense>;
  if (config.account && location.pathname === addressOf('decisions')) return <Suspense fallback={null}><DecisionsPage /></Suspense>;
  if (config.account && location.pathname === addressOf('staff')) return <Suspense fallback={null}><StaffPage allowed={config.account.admin} /></Suspense>;
  if (config.account && location.pathname === addressOf('machine')) return <Suspense fallback={null}><MachinePage allowed={config.account.admin} /></Suspense>;
  if (config.account && location.pathname.startsWith(addressOf('edit/'))) return <Suspense fallback={null}><EditPage path={decodeURIComponent(location.pathname.slice(addressOf('edit/').length))} /></Suspense>;
  if (config.account && location.pathname.startsWith(addressOf('join/'))) return <Suspense fallback={null}><JoinPage code={location.pathname.slice(addressOf('join/').length)} /></Suspense>;
  if (config.account && !isLogin) return <Signed account={config.account} />;
  if (config.account && !link) {
    location.replace(next);
    return null;
  }
  return <SignIn link={link} sentHere={isLogin && next !== config.base_url} onDone={() => (location.pathname + location.search === next ? location.reload() : location.replace(next))} />;
}

async function start(): Promise<void> {
  startTheme(config.account?.theme);
  await startTranslations(chosenLanguage(config.account?.locale), ['home', 'common']);
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<StrictMode><App {...arrival()} /></StrictMode>);
}

void start();
