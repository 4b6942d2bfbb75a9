// Stands where a cell shows a web app of its runtime: buttons that show the app below them, in a frame with an origin of its own, or in a tab.
// Nothing is shown by itself, as a notebook may come from anybody.
import { shownNotebook } from '../../api/config';
import { linkOfPreview, openPreview } from '../../api/previews';
import { listRuntimes } from '../../api/runtimes';
import { readWebApp, type WebApp } from '../../core/web-app';
import { t } from '../../ui/i18n';
import { openInTab } from '../../ui/open-in-tab';
import { failureWords } from '../failure';
import './outputs.css';

/** Null when no runtime of the notebook runs. */
async function linkTo(app: WebApp): Promise<string | null> {
  const running = (await listRuntimes(shownNotebook.session())).find(({ state }) => state === 'ready');
  if (!running) return null;
  return linkOfPreview((await openPreview(running.id, app.port)).id, app.path);
}

function button(words: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'al-button';
  made.textContent = words;
  made.addEventListener('click', onClick);
  return made;
}

export function drawWebApp(place: HTMLElement, data: unknown): void {
  const app = readWebApp(data);
  const note = document.createElement('div');
  note.className = 'al-output-note';
  if (app === null) {
    note.textContent = t('webApps.unreadable');
    return place.replaceChildren(note);
  }
  const fault = document.createElement('span');
  fault.setAttribute('role', 'alert');
  const attempt = (work: () => Promise<boolean>) => {
    fault.textContent = '';
    work().then(done => done || fault.append(t('webApps.noRuntime')), (error: unknown) => fault.append(failureWords(error)));
  };
  note.append(t('webApps.at', { port: app.port }), ' ');
  if (!app.apart) note.append(button(t('webApps.showHere'), () => attempt(() => show(place, app))), ' ');
  note.append(button(t('webApps.openTab'), () => attempt(() => openInTab(() => linkTo(app)))), ' ', fault);
  place.replaceChildren(note);
}

async function show(place: HTMLElement, app: WebApp): Promise<boolean> {
  const url = await linkTo(app);
  if (url === null) return false;
  place.querySelector('iframe')?.remove();
  const frame = document.createElement('iframe');
  frame.className = 'al-web-app';
  frame.title = t('webApps.at', { port: app.port });
  frame.style.height = `${app.height}px`;
  frame.referrerPolicy = 'no-referrer';
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals');
  frame.src = url;
  place.append(frame);
  return true;
}
