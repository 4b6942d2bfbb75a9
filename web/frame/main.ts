// The page that shows untrusted output: an origin of its own, no cookies, no way to the page but one port.
import './frame.css';
import { Chase } from './chase';
import { showHtml } from './html';
import { endCalls, watchLinks } from './links';
import { portFollows, ready, type Look, type FromFrame, type ToFrame } from './protocol';
import { runScripts } from './scripts';
import { Teller } from './teller';
import type { FrameWidgets } from './widgets';

const root = document.getElementById('root') ?? document.body;

function wear(look: Look): void {
  const page = document.documentElement;
  page.dataset['theme'] = look.dark ? 'dark' : 'light';
  page.style.colorScheme = look.dark ? 'dark' : 'light';
  for (const [name, value] of Object.entries(look.values)) page.style.setProperty(name, value);
}

/** Tells the page how high the content is, whenever that changes. */
function watchSize(send: (message: FromFrame) => void): void {
  const chase = new Chase();
  const teller = new Teller(height => send({ t: 'size', height }));
  let resized = false;
  addEventListener('resize', () => {
    resized = true;
    requestAnimationFrame(() => setTimeout(() => (resized = false)));
  });
  const tell = () => {
    const bar = document.documentElement.scrollWidth > document.documentElement.clientWidth ? innerHeight - document.documentElement.clientHeight : 0;
    const place = root.isConnected ? root : document.body; // a script may have put everything anew
    const height = Math.ceil(Math.max(place.getBoundingClientRect().height, place.scrollHeight)) + bar;
    if (chase.admits(height, resized)) teller.put(height);
  };
  new ResizeObserver(tell).observe(root);
  new MutationObserver(tell).observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
  root.addEventListener('load', tell, true);
}

class Frame {
  readonly #port: MessagePort;
  #widgets: Promise<FrameWidgets> | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = event => void this.#take(event.data as ToFrame);
  }

  readonly send = (message: FromFrame, transfer: Transferable[] = []): void => this.#port.postMessage(message, transfer);

  async #take(message: ToFrame): Promise<void> {
    switch (message.t) {
      case 'look':
        return wear(message.look);
      case 'html':
        await showHtml(root, message.html);
        return this.send({ t: 'drawn' });
      case 'scripts':
        runScripts(root, message.scripts, message.anchors);
        return this.send({ t: 'drawn' });
      default:
        return (await this.#widgetsHere()).take(message);
    }
  }

  /** A large part of the frame, loaded when a widget comes. */
  #widgetsHere(): Promise<FrameWidgets> {
    this.#widgets ??= import('./widgets').then(({ FrameWidgets }) => new FrameWidgets(root, this.send));
    return this.#widgets;
  }
}

function start(port: MessagePort): void {
  const frame = new Frame(port);
  watchSize(frame.send);
  watchLinks(frame.send);
  endCalls();
  document.addEventListener('securitypolicyviolation', event => frame.send({ t: 'blocked', url: event.blockedURI }));
}

function awaitPort(event: MessageEvent): void {
  const port = event.ports[0];
  if (event.source !== parent || event.data !== portFollows || !port) return;
  removeEventListener('message', awaitPort);
  start(port);
}

addEventListener('message', awaitPort);
parent.postMessage(ready, '*');
