// One sandboxed frame: an iframe with an origin of its own, and the one port to it. Knows nothing of notebooks.
import { most, portFollows, ready, type FromFrame, type ToFrame } from '../../../frame/protocol';
import { addressOf } from '../../api/config';
import { RateLimit } from '../../core/outputs-rate';
import { focusGuard } from './focus-guard';
import { readFrameMessage } from './frame-messages';
import { currentLook, onLook } from './look';

/** What a frame may send that nobody asked for before it is stopped: a few libraries greet their parent window now and then. */
const noise = { most: 2000, perSecond: 200 };

/** Without allow-same-origin: the header of frame.html says the same, and either of them is enough. Without allow-popups: what opens goes through the page. */
const rights = 'allow-scripts allow-downloads allow-forms allow-modals';

export interface FrameEars {
  /** The frame waits for what to draw. */
  onReady(): void;
  /** Something the frame says, checked. */
  onMessage(message: FromFrame): void;
  /** A widget's message was left out: not one, too large, or too many of them. */
  onRefused(): void;
  /** The frame has gone to another page, by itself: nothing it says is heard any more. */
  onLeft(): void;
  /** The frame sends so much that the page would do nothing else but throw it away: nothing it says is heard any more. */
  onFlood(): void;
  /** The frame has taken the keyboard again and again although nobody put the cursor there. */
  onThief(): void;
}

export class SandboxFrame {
  readonly element: HTMLIFrameElement;
  readonly #ears: FrameEars;
  readonly #limit = new RateLimit(most.burst, most.perSecond);
  readonly #noise = new RateLimit(noise.most, noise.perSecond);
  readonly #endings: (() => void)[] = [];
  #port: MessagePort | null = null;
  #loads = 0;

  constructor(title: string, ears: FrameEars) {
    this.#ears = ears;
    this.element = document.createElement('iframe');
    this.element.title = title;
    this.element.className = 'al-frame';
    this.element.setAttribute('sandbox', rights);
    this.element.allow = "focus-without-user-activation 'none'"; // what a person types is for where they put the cursor
    this.element.referrerPolicy = 'no-referrer';
    this.element.src = addressOf('frame.html');
    this.element.addEventListener('load', () => this.#onLoad());
    const greet = (event: MessageEvent) => this.#greet(event);
    addEventListener('message', greet);
    this.#endings.push(() => removeEventListener('message', greet));
    this.#endings.push(focusGuard.watch(this.element, () => this.#ears.onThief()));
    this.#endings.push(onLook(look => this.send({ t: 'look', look })));
  }

  send(message: ToFrame, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer);
  }

  dispose(): void {
    for (const end of this.#endings.splice(0)) end();
    this.#port?.close();
    this.#port = null;
    this.element.remove();
  }

  /** Hands the port over, once, to the window that is ours. */
  #greet(event: MessageEvent): void {
    if (event.source !== this.element.contentWindow || event.source === null) return;
    if (event.data !== ready || event.origin !== 'null' || this.#port || this.#loads > 1) return this.#waste();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => this.#hear(data);
    this.#port = port1;
    this.element.contentWindow?.postMessage(portFollows, '*', [port2]); // an opaque origin has no other name
    this.send({ t: 'look', look: currentLook() });
    this.#ears.onReady();
  }

  #hear(data: unknown): void {
    const message = this.#limit.take(performance.now()) ? readFrameMessage(data) : null;
    if (message) return this.#ears.onMessage(message);
    this.#waste();
    if (typeof data === 'object' && data !== null && Reflect.get(data, 't') === 'comm_msg') this.#ears.onRefused();
  }

  /** Something was said for nothing. */
  #waste(): void {
    if (!this.#noise.take(performance.now())) this.#ears.onFlood();
  }

  #onLoad(): void {
    this.#loads += 1;
    if (this.#loads < 2) return;
    this.#port?.close();
    this.#port = null;
    this.#ears.onLeft();
  }
}
