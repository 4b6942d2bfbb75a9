// Stands where a cell shows a web app of its runtime: buttons that show the app below them, in a frame with an origin of its own, or in a tab.
// Nothing is shown by itself, as a notebook may come from anybody.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { linkOfPreview, openPreview } from '../../api/previews';
import { listRuntimes } from '../../api/runtimes';
import { readWebApp, shownNotebook, type WebApp, webAppType } from '../../core/web-app';
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

export class WebAppOutput extends Widget implements IRenderMime.IRenderer {
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const app = readWebApp(model.data[webAppType]);
    const note = document.createElement('div');
    note.className = 'al-output-note';
    if (app === null) {
      note.textContent = t('webApps.unreadable');
      return this.node.replaceChildren(note);
    }
    const fault = document.createElement('span');
    fault.setAttribute('role', 'alert');
    const attempt = (work: () => Promise<boolean>) => {
      fault.textContent = '';
      work().then(done => done || fault.append(t('webApps.noRuntime')), (error: unknown) => fault.append(failureWords(error)));
    };
    note.append(t('webApps.at', { port: app.port }), ' ');
    if (!app.apart) note.append(button(t('webApps.showHere'), () => attempt(() => this.#show(app))), ' ');
    note.append(button(t('webApps.openTab'), () => attempt(() => inTab(app))), ' ', fault);
    this.node.replaceChildren(note);
  }

  async #show(app: WebApp): Promise<boolean> {
    const url = await linkTo(app);
    if (url === null) return false;
    this.node.querySelector('iframe')?.remove();
    const frame = document.createElement('iframe');
    frame.className = 'al-web-app';
    frame.title = t('webApps.at', { port: app.port });
    frame.style.height = `${app.height}px`;
    frame.referrerPolicy = 'no-referrer';
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals');
    frame.src = url;
    this.node.append(frame);
    return true;
  }
}

/** The tab is opened while the click is handled, as browsers want it. */
async function inTab(app: WebApp): Promise<boolean> {
  return openInTab(() => linkTo(app));
}
