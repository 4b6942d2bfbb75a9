// One signs out of a browser, not of a tab: its other tabs are told, and a page that was left and comes back by the Back button shows nothing more.
import { signOut } from '../api/account';
import { addressOf } from '../api/config';
import { copiedKey } from '../core/copied-cells';
import { isSignedOut } from './failure';

const kept = 'allmende.signedOutAt';

/** Signs out and goes to the sign-in page. Without an answer of the server one stays signed in; the sign-in page then shows that. */
export async function leave(): Promise<void> {
  const out = await signOut().then(() => true, isSignedOut);
  if (out) {
    localStorage.setItem(kept, String(Date.now()));
    localStorage.removeItem(copiedKey);
  }
  location.assign(addressOf('login'));
}

/** Calls `tell` when another tab of this browser signs out. Returns what ends the watch. */
export function watchSigningOut(tell: () => void): () => void {
  const openedAt = Date.now();
  const ending = new AbortController();
  addEventListener('storage', event => {
    if (event.key === kept && event.newValue !== null) tell();
  }, ending);
  addEventListener('pageshow', event => {
    if (!event.persisted || Number(localStorage.getItem(kept)) < openedAt) return;
    document.documentElement.hidden = true; // until the server has said who is here
    location.reload();
  }, ending);
  return () => ending.abort();
}
