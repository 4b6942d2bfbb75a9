// A page's place in the room of a live document: joins it, keeps both sides alike (y-protocols' sync and awareness), knows what the server has
// stored, and comes back after whatever cut the connection. What the server says beside that is handed on.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import { messageYjsSyncStep1, messageYjsSyncStep2, readSyncMessage, writeSyncStep1, writeSyncStep2, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';

const [sync, awarenessKind, notice, awarenessQuery] = [0, 1, 2, 3];

/** Milliseconds without an answer after which a connection counts as lost. */
const patience = 10_000;
const firstPause = 300;

export interface Joined {
  readonly document: string;
  readonly session: string;
}

/** What is used of a browser's WebSocket. */
export type RoomSocket = Pick<WebSocket, 'binaryType' | 'readyState' | 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose'>;

/** What the server says of the room beside changes: {"type": "runs", …}. */
export type Notice = { readonly type: string } & Readonly<Record<string, unknown>>;

export type LinkState =
  | { readonly kind: 'joining' }
  | { readonly kind: 'live' }
  /** `nextTry` in epoch milliseconds; null when trying by itself makes no sense. `error` is what joining failed with, null for a connection cut. */
  | { readonly kind: 'lost'; readonly error: unknown; readonly tries: number; readonly nextTry: number | null }
  /** There is no coming back with this copy. `renewed`: the server began the document anew; `forbidden`: one may not see it any more. */
  | { readonly kind: 'ended'; readonly why: 'renewed' | 'gone' | 'refused' | 'forbidden'; readonly message: string };

export interface LinkParts {
  /** Asks the server for the room. */
  join(): Promise<Joined>;
  open(joined: Joined): RoomSocket;
  /** Milliseconds before the next try after a failed one, null when only a person can help. */
  pauseAfter(error: unknown, tries: number): number | null;
}

/** The answer of a page that has nothing which the server lacks. */
function nothing(): Uint8Array {
  const encoder = encoding.createEncoder();
  writeSyncStep2(encoder, new Y.Doc());
  return encoding.toUint8Array(encoder);
}

export class RoomLink {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Who only reads tells nothing of what is changed here: it stays on this page. */
  onlyReads = false;
  /** The state, or whether something is unstored, is another. */
  onChange: () => void = () => undefined;
  readonly #parts: LinkParts;
  /** Notices that came before somebody heard them. */
  #early: Notice[] = [];
  #hear: ((notice: Notice) => void) | null = null;
  #state: LinkState = { kind: 'joining' };
  #joined: Joined | null = null;
  #socket: RoomSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  /** Of this connection: changes sent, those that are stored, and whether both sides have told what they have. */
  #sent = 0;
  #stored = 0;
  #hasAnswered = false;
  #hasSynced = false;
  #hasUnstored = false;
  /** What the server is known to have had. */
  #safe: Uint8Array | null = null;
  #closed = false;
  #waiting: ((isStored: boolean) => void)[] = [];
  #firstSync: { resolve: () => void; reject: (error: unknown) => void } | null = null;

  constructor(doc: Y.Doc, parts: LinkParts, awareness = new Awareness(doc)) {
    this.doc = doc;
    this.awareness = awareness;
    this.#parts = parts;
    doc.on('update', (update: Uint8Array, origin: unknown) => origin !== this && this.#onOwnChange(update));
    awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown) => {
      if (origin !== this) this.#sendAwareness([...added, ...updated, ...removed]);
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  get joined(): Joined | null {
    return this.#joined;
  }

  /** Whether something was changed here that the server has not said it stored. */
  get hasUnstored(): boolean {
    return this.#hasUnstored;
  }

  /** Resolves with the first exchange, rejects with what joining failed with. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#firstSync = { resolve, reject };
      void this.#connect();
    });
  }

  /** What the server has said until now, and says from now on. */
  hearNotices(hear: (notice: Notice) => void): void {
    this.#hear = hear;
    for (const each of this.#early.splice(0)) hear(each);
  }

  /** Ends it for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#drop();
    this.#settle(false);
  }

  /** True once the server has stored all that is here, false when it cannot for now. */
  settled(): Promise<boolean> {
    if (!this.#hasUnstored && this.#state.kind === 'live') return Promise.resolve(true);
    if (this.#state.kind !== 'live' && this.#state.kind !== 'joining') return Promise.resolve(false);
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Does not wait for the next try. */
  tryNow(): void {
    if (this.#state.kind !== 'lost' || this.#closed) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  /** Asks whether the connection still lives, as after a sleep. */
  check(): void {
    if (this.#state.kind === 'lost') return this.tryNow();
    if (!this.#isOpen()) return;
    this.#send(awarenessQuery as number, () => undefined);
    this.#expectWord();
  }

  /** The connection is known to be cut, or may not be used any more. */
  lose(error: unknown = null): void {
    if (this.#state.kind === 'ended' || this.#closed) return;
    this.#drop();
    this.#onLost(error);
  }

  /** What the server may not have, as one update. */
  unstored(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc, this.#safe ?? undefined);
  }

  // Joining.

  async #connect(): Promise<void> {
    this.#tries += 1;
    if (this.#state.kind !== 'lost') this.#become({ kind: 'joining' });
    let joined: Joined;
    try {
      joined = await this.#parts.join();
    } catch (error) {
      if (this.#firstSync) return this.#refuse(error);
      return this.#onLost(error);
    }
    if (this.#closed || this.#socket) return;
    if (this.#joined && this.#joined.session !== joined.session) return this.#end('renewed', '');
    this.#joined = joined;
    this.#listen(this.#parts.open(joined));
  }

  #listen(socket: RoomSocket): void {
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#sent = this.#stored = 0;
    this.#hasAnswered = this.#hasSynced = false;
    socket.onopen = () => {
      this.#send(sync as number, encoder => writeSyncStep1(encoder, this.doc));
      this.#sendAwareness([this.doc.clientID]);
      this.#expectWord();
    };
    socket.onmessage = ({ data }) => data instanceof ArrayBuffer && this.#take(new Uint8Array(data));
    socket.onclose = event => {
      if (this.#socket !== socket) return;
      this.#drop();
      this.#onClosed(event);
    };
  }

  #onClosed({ code, reason }: { code: number; reason: string }): void {
    if (code === 4404) return this.#end('gone', reason);
    if (code === 4403 || code === 4401) return this.#end('forbidden', reason);
    if (code === 4400) return this.#end('refused', reason);
    if (code === 1003) return this.#end(/"sessionId"/.test(reason) ? 'renewed' : 'refused', reason);
    this.#onLost(null);
  }

  #drop(): void {
    clearTimeout(this.#watch);
    this.#watch = undefined;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    const others = [...this.awareness.getStates().keys()].filter(client => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
  }

  #onLost(error: unknown): void {
    if (this.#closed) return;
    const pause = error === null && this.#tries === 0 ? firstPause : this.#parts.pauseAfter(error, this.#tries);
    const nextTry = pause === null ? null : Date.now() + pause;
    clearTimeout(this.#timer);
    if (pause !== null) this.#timer = setTimeout(() => void this.#connect(), pause);
    this.#become({ kind: 'lost', error, tries: this.#tries, nextTry });
    this.#settle(false);
  }

  #end(why: Extract<LinkState, { kind: 'ended' }>['why'], message: string): void {
    this.#drop();
    this.#become({ kind: 'ended', why, message });
    this.#settle(false);
    this.#refuse(new Error(message || why));
  }

  #refuse(error: unknown): void {
    const first = this.#firstSync;
    this.#firstSync = null;
    first?.reject(error);
  }

  // Talking.

  #isOpen(): boolean {
    return this.#socket?.readyState === 1;
  }

  #send(kind: number, write: (encoder: encoding.Encoder) => void): void {
    if (!this.#isOpen()) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    this.#socket?.send(encoding.toUint8Array(encoder) as Uint8Array<ArrayBuffer>);
  }

  #sendChange(write: (encoder: encoding.Encoder) => void): void {
    this.#send(sync as number, write);
    this.#sent += 1;
    if (this.#watch === undefined) this.#expectWord();
  }

  #sendAwareness(clients: number[]): void {
    const mine = clients.filter(client => client === this.doc.clientID);
    if (mine.length > 0) this.#send(awarenessKind as number, encoder => encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, mine)));
  }

  #onOwnChange(update: Uint8Array): void {
    if (this.onlyReads) return;
    this.#hasUnstored = true;
    if (this.#isOpen()) this.#sendChange(encoder => writeUpdate(encoder, update));
    this.onChange();
  }

  /** Something is to come from the server before long. */
  #expectWord(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.lose(), patience);
  }

  #take(message: Uint8Array): void {
    clearTimeout(this.#watch);
    this.#watch = undefined;
    const decoder = decoding.createDecoder(message);
    const kind = decoding.readVarUint(decoder);
    if (kind === sync) this.#takeSync(decoder);
    else if (kind === awarenessKind) applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
    else if (kind === awarenessQuery) this.#sendAwareness([this.doc.clientID]);
    else if (kind === notice) this.#takeNotice(decoding.readVarString(decoder));
    if (this.#sent > this.#stored) this.#expectWord();
  }

  #takeSync(decoder: decoding.Decoder): void {
    const answer = encoding.createEncoder();
    const type = readSyncMessage(decoder, answer, this.doc, this);
    if (type === messageYjsSyncStep1) {
      const bytes = this.onlyReads ? nothing() : encoding.toUint8Array(answer);
      this.#sendChange(encoder => encoding.writeUint8Array(encoder, bytes));
      this.#hasAnswered = true;
    }
    if (type === messageYjsSyncStep2) this.#hasSynced = true; // a change of somebody else may come before it, and says nothing of the rest
    if (!this.#hasSynced || !this.#hasAnswered || this.#state.kind === 'live') return;
    this.#tries = 0;
    this.#become({ kind: 'live' });
    this.#firstSync?.resolve();
    this.#firstSync = null;
  }

  #takeNotice(text: string): void {
    const said = JSON.parse(text) as Notice;
    if (said.type !== 'stored') {
      if (this.#hear) this.#hear(said);
      else this.#early.push(said);
      return;
    }
    this.#stored = Number(said['messages']);
    if (!this.#hasAnswered || this.#stored < this.#sent) return;
    this.#safe = Y.encodeStateVector(this.doc);
    const had = this.#hasUnstored;
    this.#hasUnstored = false;
    this.#settle(true);
    if (had) this.onChange();
  }

  #settle(isStored: boolean): void {
    for (const each of this.#waiting.splice(0)) each(isStored);
  }

  #become(state: LinkState): void {
    this.#state = state;
    if (state.kind === 'live' && !this.#hasUnstored) this.#settle(true);
    this.onChange();
  }
}
