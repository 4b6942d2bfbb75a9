// The place of one sandboxed frame in the page: wakes and rests, grows with its content, and says what did not work.
import type { FromFrame, ToFrame } from '../../../frame/protocol';
import { t } from '../../ui/i18n';
import { RateLimit } from '../../core/outputs-rate';
import { liveFrames } from './live-frames';
import { SandboxFrame } from './sandbox-frame';
import './outputs.css';

/** From here on content scrolls inside its frame. */
const mostHeight = 2000;
const mostHosts = 5;

export type Spoken = Extract<FromFrame, { t: 'comm_msg' } | { t: 'states' } | { t: 'heard' }>;
export type SendToFrame = (message: ToFrame, transfer?: Transferable[]) => void;
/** Shows a sentence under the frame. */
export type Say = (words: string) => void;

/** What a frame shows: told anew each time it wakes. */
export interface FrameContent {
  /** Whether it wants to live before anybody sees it. */
  readonly isEager?: boolean;
  draw(send: SendToFrame, say: Say): void;
  /** What the content says to the kernel; most content may not. */
  onSpoken?(message: Spoken): void;
  /** The frame is gone for now. */
  onAsleep?(): void;
}

/** The host of a blocked address as far as a person can use it; null for what is no address. */
function hostOf(blocked: string): string | null {
  if (!URL.canParse(blocked)) return null;
  const { protocol, host } = new URL(blocked);
  return /^https?:$/.test(protocol) && host !== location.host ? host : null;
}

export class FrameHost {
  readonly node = document.createElement('div');
  readonly #note = document.createElement('p');
  readonly #hosts = new Set<string>();
  readonly #asks = new RateLimit(2, 0.5);
  #content: FrameContent | null = null;
  #frame: SandboxFrame | null = null;
  #isReady = false;
  #isStopped = false;
  #endWatch: (() => void) | null = null;

  constructor() {
    this.node.className = 'al-frame-host';
    this.#note.className = 'al-output-note';
    this.#note.hidden = true;
    this.node.append(this.#note);
  }

  /** The place is on the page. */
  attach(): void {
    this.#endWatch ??= liveFrames.add({ node: this.node, isEager: () => this.#content?.isEager === true, wake: () => this.#wake(), sleep: () => this.#sleep() });
  }

  /** The place leaves the page, perhaps to come back: a frame does not survive that, its content does. */
  detach(): void {
    this.#endWatch?.();
    this.#endWatch = null;
    this.#sleep();
  }

  show(content: FrameContent): void {
    if (this.#content !== content) this.#content?.onAsleep?.();
    this.#content = content;
    this.#hosts.clear();
    this.#note.hidden = true;
    if (this.#isReady) return this.#draw();
    if (this.#isStopped && this.#endWatch) this.#again();
  }

  readonly send: SendToFrame = (message, transfer = []) => this.#frame?.send(message, transfer);

  #wake(): void {
    if (this.#frame || this.#isStopped) return;
    this.#frame = new SandboxFrame(t('frame.title'), {
      onReady: () => {
        this.#isReady = true;
        this.#draw();
      },
      onMessage: message => this.#hear(message),
      onRefused: () => this.#say(t('widget.much')),
      onLeft: () => this.#stop(t('frame.left')),
      onFlood: () => this.#stop(t('frame.flood')),
      onThief: () => this.#stop(t('frame.thief')),
    });
    this.#frame.element.style.height = this.node.style.minHeight || '24px';
    this.node.prepend(this.#frame.element);
  }

  #sleep(): void {
    if (!this.#frame) return;
    this.#frame.dispose();
    this.#frame = null;
    this.#isReady = false;
    this.#content?.onAsleep?.();
  }

  #draw(): void {
    this.#content?.draw(this.send, words => this.#say(words));
  }

  #hear(message: FromFrame): void {
    switch (message.t) {
      case 'size':
        return this.#grow(message.height);
      case 'drawn':
        return;
      case 'open':
        return this.#onOpen(message.url);
      case 'copy':
        return this.#onCopy(message.text);
      case 'blocked':
        return this.#onBlocked(message.url);
      case 'no_module':
        return this.#say(t('widget.module', { module: message.name }));
      default:
        return this.#content?.onSpoken?.(message);
    }
  }

  #grow(height: number): void {
    const value = `${Math.min(Math.ceil(height), mostHeight)}px`;
    if (this.#frame) this.#frame.element.style.height = value;
    this.node.style.minHeight = value; // keeps the place while the frame rests
  }

  /** A click in the frame counts as one on the page and gives it the focus, so a script alone opens and copies nothing, nor does one whose cell was just run. */
  get #isWanted(): boolean {
    const isClicked = navigator.userActivation?.isActive !== false && document.activeElement === this.#frame?.element;
    return isClicked && this.#asks.take(performance.now());
  }

  #onOpen(url: string): void {
    if (this.#isWanted) void import('./ask-open').then(({ askToOpen }) => askToOpen(url));
  }

  #onCopy(text: string): void {
    if (this.#isWanted) void navigator.clipboard?.writeText(text).catch(() => undefined); // refused by the browser: then nothing is copied
  }

  #onBlocked(url: string): void {
    const host = hostOf(url);
    if (!host || this.#hosts.size >= mostHosts) return;
    this.#hosts.add(host);
    this.#say(t('frame.blocked', { hosts: [...this.#hosts].join(', ') }));
  }

  /** The frame is gone until a person wants it again. */
  #stop(why: string): void {
    this.#sleep();
    this.#isStopped = true;
    this.#say(why);
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = t('frame.again');
    again.className = 'al-note-action';
    again.onclick = () => this.#again();
    this.#note.append(' ', again);
  }

  #again(): void {
    this.#note.hidden = true;
    this.#isStopped = false;
    this.#wake();
  }

  #say(words: string): void {
    this.#note.textContent = words;
    this.#note.hidden = false;
  }
}
