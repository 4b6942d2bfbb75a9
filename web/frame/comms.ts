// The kernel's comms as widgets in the frame see them: every message goes through the port, and the page decides.
import type { ICallbacks, IClassicComm } from '@jupyter-widgets/base';
import type { FromFrame } from './protocol';

export type Send = (message: FromFrame, transfer?: Transferable[]) => void;
type Data = Readonly<Record<string, unknown>>;
type Bytes = ArrayBuffer | ArrayBufferView;

interface Incoming {
  readonly content: { readonly comm_id: string; readonly data: Data };
  readonly buffers: readonly DataView[];
  readonly parent_header: { readonly msg_id: string };
}
type Hear = (message: Incoming) => void;

/** Bytes of their own, which can be handed over. */
function detached(bytes: Bytes): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes.slice(0);
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength));
  return copy.buffer;
}

const idleStatus = { header: { msg_type: 'status' }, content: { execution_state: 'idle' } };

export class Comms {
  readonly #send: Send;
  readonly #open = new Map<string, FrameComm>();
  readonly #awaited = new Map<string, ICallbacks>();

  constructor(send: Send) {
    this.#send = send;
  }

  join(id: string): IClassicComm {
    const comm = new FrameComm(id, this);
    this.#open.set(id, comm);
    return comm;
  }

  send(id: string, data: unknown, callbacks: ICallbacks | undefined, buffers: readonly Bytes[]): string {
    const message = crypto.getRandomValues(new Uint32Array(4)).join('-');
    if (callbacks?.iopub?.['status']) this.#awaited.set(message, callbacks);
    const copies = buffers.map(detached);
    this.#send({ t: 'comm_msg', message, comm_id: id, data: JSON.parse(JSON.stringify(data)) as Data, buffers: copies }, copies);
    return message;
  }

  idle(message: string): void {
    const status = this.#awaited.get(message)?.iopub?.['status'];
    this.#awaited.delete(message);
    status?.(idleStatus as Parameters<typeof status>[0]);
  }

  hear(id: string, data: Data, buffers: readonly ArrayBuffer[], parent: string): void {
    this.#open.get(id)?.hear({ content: { comm_id: id, data }, buffers: buffers.map(each => new DataView(each)), parent_header: { msg_id: parent } });
  }

  close(id: string): void {
    const comm = this.#open.get(id);
    this.#open.delete(id);
    comm?.onClose({ content: { comm_id: id, data: {} }, buffers: [], parent_header: { msg_id: '' } });
  }
}

class FrameComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name = 'jupyter.widget';
  readonly #comms: Comms;
  #onMessage: Hear | null = null;
  #early: Incoming[] = [];
  onClose: Hear = () => undefined;

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

  /** Messages that come while the model is being made wait for it. */
  hear(message: Incoming): void {
    if (this.#onMessage) this.#onMessage(message);
    else this.#early.push(message);
  }

  on_msg(hear: Hear): void {
    this.#onMessage = hear;
    for (const message of this.#early.splice(0)) hear(message);
  }

  on_close(hear: Hear): void {
    this.onClose = hear;
  }
}
