// The kernel's comms as widgets in the frame see them: every message goes through the port, at a pace the page takes, and the page decides.
import type { ICallbacks, IClassicComm } from '@jupyter-widgets/base';
import { most, type FromFrame } from './protocol';
import { bytesOf } from './values';

export type Send = (message: FromFrame, transfer?: Transferable[]) => void;
type Data = Readonly<Record<string, unknown>>;
type Bytes = ArrayBuffer | ArrayBufferView;

interface Incoming {
  readonly content: { readonly comm_id: string; readonly data: Data };
  readonly buffers: readonly DataView[];
  readonly parent_header: { readonly msg_id: string };
}
type Hear = (message: Incoming) => unknown;

interface Waiting {
  readonly message: Extract<FromFrame, { t: 'comm_msg' }>;
  readonly size: number;
}

const idleStatus = { header: { msg_type: 'status' }, content: { execution_state: 'idle' } };
const tooLarge = () => new RangeError(`A message of a widget may be ${most.data} characters and ${most.bytes} bytes in ${most.buffers} buffers at most.`);
const tooMuch = () => new RangeError(`More than ${most.waiting} messages of this widget, or too large ones, wait to be sent.`);

export class Comms {
  readonly #send: Send;
  readonly #open = new Map<string, FrameComm>();
  readonly #underWay = new Map<string, ICallbacks | undefined>();
  readonly #waiting: Waiting[] = [];
  #waitingSize = 0;
  /** When all that has been sent is within the page's pace. It may lie a second ahead: what a hand does in a moment goes at once. */
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  join(id: string): IClassicComm {
    const comm = new FrameComm(id, this);
    this.#open.set(id, comm);
    return comm;
  }

  send(id: string, data: unknown, callbacks: ICallbacks | undefined, buffers: readonly Bytes[]): string {
    const text = JSON.stringify(data);
    const bytes = buffers.reduce((sum, each) => sum + each.byteLength, 0);
    if (text.length > most.data || bytes > most.bytes || buffers.length > most.buffers) throw tooLarge();
    if (this.#waiting.length >= most.waiting || this.#waitingSize + text.length + bytes > 2 * most.bytes) throw tooMuch();
    const message = crypto.getRandomValues(new Uint32Array(4)).join('-');
    this.#underWay.set(message, callbacks);
    const size = text.length + bytes;
    this.#waiting.push({ message: { t: 'comm_msg', message, comm_id: id, data: JSON.parse(text) as Data, buffers: buffers.map(bytesOf) }, size });
    this.#waitingSize += size;
    this.#flush();
    return message;
  }

  /** Sends as many as the page takes now; the others go when it has taken some, or one by one as time passes. */
  #flush(): void {
    while (this.#waiting.length > 0 && this.#underWay.size - this.#waiting.length < most.underWay) {
      const now = performance.now();
      const due = Math.max(this.#due, now) + 1000 / most.commsPerSecond;
      if (due - now > 1000) return this.#flushIn(due - now - 1000);
      this.#due = due;
      const { message, size } = this.#waiting.shift() as Waiting;
      this.#waitingSize -= size;
      this.#send(message, [...message.buffers]);
    }
  }

  #flushIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), milliseconds);
  }

  idle(message: string): void {
    const status = this.#underWay.get(message)?.iopub?.['status'];
    this.#underWay.delete(message);
    this.#flush();
    status?.(idleStatus as Parameters<typeof status>[0]);
  }

  hear(id: string, data: Data, buffers: readonly ArrayBuffer[]): void {
    this.#open.get(id)?.hear({ content: { comm_id: id, data }, buffers: buffers.map(each => new DataView(each)), parent_header: { msg_id: '' } });
  }

  close(id: string): void {
    const comm = this.#open.get(id);
    this.#open.delete(id);
    comm?.end({ content: { comm_id: id, data: {} }, buffers: [], parent_header: { msg_id: '' } });
  }
}

class FrameComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name = 'jupyter.widget';
  readonly #comms: Comms;
  #onMessage: Hear = () => undefined;
  #onClose: Hear = () => undefined;
  #begin: () => void = () => undefined;
  /** One message after the other, each when the model is done with the one before; the first when there is a model. */
  #line: Promise<unknown> = new Promise<void>(resolve => {
    this.#begin = resolve;
  });

  constructor(id: string, comms: Comms) {
    this.comm_id = id;
    this.#comms = comms;
  }

  /** The kernel has opened it. */
  open(): string {
    return '';
  }

  send(data: unknown, callbacks?: ICallbacks, _metadata?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): string {
    return this.#comms.send(this.comm_id, data, callbacks, buffers ?? []);
  }

  /** Only the kernel ends a widget. */
  close(): string {
    return '';
  }

  hear(message: Incoming): void {
    this.#line = this.#line.then(() => this.#onMessage(message)).catch((error: unknown) => console.error(error));
  }

  end(message: Incoming): void {
    this.#line = this.#line.then(() => this.#onClose(message));
  }

  on_msg(hear: Hear): void {
    this.#onMessage = hear;
    this.#begin();
  }

  on_close(hear: Hear): void {
    this.#onClose = hear;
  }
}
