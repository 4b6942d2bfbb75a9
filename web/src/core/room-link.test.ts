import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { type Notice, RoomLink, type RoomSocket } from './room-link';

/** One connection as the server sees it; says that a change is stored only when told to. */
class Connection implements RoomSocket {
  binaryType: BinaryType = 'blob';
  readyState = 0 as RoomSocket['readyState'];
  onopen: RoomSocket['onopen'] = null;
  onmessage: RoomSocket['onmessage'] = null;
  onclose: RoomSocket['onclose'] = null;
  changes = 0;
  /** Sent before the answer to what the page has. */
  beforeAnswer: Uint8Array | null = null;
  readonly #document: Y.Doc;
  /** The server speaks first; what has been sent to it before waits. */
  #unread: Uint8Array[] | null = [];

  constructor(document: Y.Doc) {
    this.#document = document;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.call(this as never, new Event('open'));
    this.#say(0, encoder => writeSyncStep1(encoder, this.#document));
    for (const each of this.#unread?.splice(0) ?? []) this.#read(each);
    this.#unread = null;
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    const message = new Uint8Array(data as Uint8Array);
    if (this.#unread) this.#unread.push(message);
    else this.#read(message);
  }

  #read(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    if (decoding.readVarUint(decoder) !== 0) return;
    const answer = encoding.createEncoder();
    if (this.beforeAnswer) this.relay(this.beforeAnswer);
    this.beforeAnswer = null;
    if (readSyncMessage(decoder, answer, this.#document, this) === 0) this.#say(0, encoder => encoding.writeUint8Array(encoder, encoding.toUint8Array(answer)));
    else this.changes += 1;
  }

  relay(update: Uint8Array): void {
    this.#say(0, encoder => writeUpdate(encoder, update));
  }

  notice(said: Notice): void {
    this.#say(2, encoder => encoding.writeVarString(encoder, JSON.stringify(said)));
  }

  storeAll(): void {
    this.notice({ type: 'stored', messages: this.changes });
  }

  #say(kind: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, kind);
    write(encoder);
    const bytes = encoding.toUint8Array(encoder);
    this.onmessage?.call(this as never, new MessageEvent('message', { data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) }));
  }

  close(): void {
    this.readyState = 3;
  }

  cut(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onclose?.call(this as never, { code, reason } as CloseEvent);
  }
}

const refusal = new Error('no such notebook');

function aRoom() {
  const document = new Y.Doc();
  const connections: Connection[] = [];
  const asked = { session: 'first', error: null as unknown };
  const link = new RoomLink(new Y.Doc(), {
    join: async () => {
      if (asked.error !== null) throw asked.error;
      return { document: 'd', session: asked.session };
    },
    open: () => {
      const made = new Connection(document);
      connections.push(made);
      return made;
    },
    pauseAfter: (error, tries) => (error === refusal ? null : 1000 * tries),
  });
  const text = link.doc.getText('t');
  const now = () => connections.at(-1) as Connection;
  const open = async () => {
    await vi.advanceTimersByTimeAsync(0);
    now().open();
  };
  const live = async () => {
    const joined = link.begin();
    await open();
    now().storeAll();
    await joined;
  };
  return { document, connections, asked, link, text, now, open, live, theirs: document.getText('t') };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a page in a room', () => {
  it('has not joined while it has heard only of a change that somebody makes meanwhile', async () => {
    const room = aRoom();
    room.theirs.insert(0, 'there');
    const before = Y.encodeStateVector(room.document);
    room.theirs.insert(5, ' and more');
    let seen = '';
    void room.link.begin().then(() => {
      seen = room.text.toString();
    });
    await vi.advanceTimersByTimeAsync(0);
    room.now().beforeAnswer = Y.encodeStateAsUpdate(room.document, before);
    const states: string[] = [];
    room.link.onChange = () => states.push(`${room.link.state.kind} ${room.text.toString()}`);
    room.now().open();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen).toBe('there and more');
    expect(states).toEqual(['live there and more']);
  });

  it('gets what is there, and both sides hear of what is changed', async () => {
    const room = aRoom();
    room.theirs.insert(0, 'there');
    await room.live();
    expect(room.text.toString()).toBe('there');
    room.text.insert(5, ' and here');
    expect(room.theirs.toString()).toBe('there and here');
    room.document.on('update', (update: Uint8Array) => room.now().relay(update));
    room.theirs.insert(0, 'both ');
    expect(room.text.toString()).toBe('both there and here');
    expect(room.link.hasUnstored).toBe(true);
  });

  it('knows what is stored: no sooner than the server says so', async () => {
    const room = aRoom();
    await room.live();
    room.text.insert(0, 'a');
    room.text.insert(1, 'b');
    let isStored: boolean | null = null;
    void room.link.settled().then(said => (isStored = said));
    room.now().notice({ type: 'stored', messages: room.now().changes - 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect([room.link.hasUnstored, isStored]).toEqual([true, null]);
    room.now().storeAll();
    await vi.advanceTimersByTimeAsync(0);
    expect([room.link.hasUnstored, isStored]).toEqual([false, true]);
  });

  it('comes back after a cut with what was written meanwhile, and waits longer each time', async () => {
    const room = aRoom();
    await room.live();
    room.now().cut();
    room.text.insert(0, 'offline');
    expect(room.link.state.kind).toBe('lost');
    expect(await room.link.settled()).toBe(false);
    await vi.advanceTimersByTimeAsync(300);
    expect(room.connections.length).toBe(2);
    room.now().cut();
    await vi.advanceTimersByTimeAsync(999);
    expect(room.connections.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    await room.open();
    expect(room.theirs.toString()).toBe('offline');
    expect(room.link.hasUnstored).toBe(true);
    room.now().storeAll();
    expect(room.link.hasUnstored).toBe(false);
  });

  it('keeps in one update what the server may not have', async () => {
    const room = aRoom();
    room.theirs.insert(0, 'x'.repeat(5000));
    await room.live();
    room.now().cut();
    room.text.insert(0, 'mine ');
    const update = room.link.unstored();
    expect(update.length).toBeLessThan(200);
    Y.applyUpdate(room.document, update);
    expect(room.theirs.toString()).toBe(`mine ${'x'.repeat(5000)}`);
  });

  it('holds a connection that does not answer for cut', async () => {
    const room = aRoom();
    await room.live();
    room.text.insert(0, 'into the void');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(room.link.state.kind).toBe('lost');
    await vi.advanceTimersByTimeAsync(300);
    expect(room.connections.length).toBe(2);
    const asleep = aRoom();
    await asleep.live();
    asleep.link.check();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asleep.link.state.kind).toBe('lost');
  });

  it('keeps to itself what is changed on a page that only reads', async () => {
    const room = aRoom();
    room.link.onlyReads = true;
    room.theirs.insert(0, 'there');
    await room.live();
    room.text.insert(0, 'not ');
    expect(room.link.hasUnstored).toBe(false);
    room.now().cut();
    await vi.advanceTimersByTimeAsync(1000);
    room.now().open();
    expect(room.theirs.toString()).toBe('there');
    expect(room.link.state.kind).toBe('live');
    room.now().cut(4403, 'not shared with you any more');
    expect(room.link.state).toMatchObject({ kind: 'ended', why: 'forbidden' });
  });

  it('says what it cannot come back from, and tries no more', async () => {
    const room = aRoom();
    await room.live();
    room.asked.session = 'second';
    room.now().cut();
    await vi.advanceTimersByTimeAsync(300);
    expect(room.link.state).toMatchObject({ kind: 'ended', why: 'renewed' });
    const gone = aRoom();
    await gone.live();
    gone.now().cut(4404, 'it was moved to the trash');
    expect(gone.link.state).toEqual({ kind: 'ended', why: 'gone', message: 'it was moved to the trash' });
    await vi.advanceTimersByTimeAsync(600_000);
    expect([room.connections.length, gone.connections.length]).toEqual([1, 1]);
  });

  it('waits for a person where trying does not help, and tries when asked', async () => {
    const room = aRoom();
    await room.live();
    room.asked.error = refusal;
    room.now().cut();
    await vi.advanceTimersByTimeAsync(300);
    expect(room.link.state).toEqual({ kind: 'lost', error: refusal, tries: 1, nextTry: null });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(room.connections.length).toBe(1);
    room.asked.error = null;
    room.link.tryNow();
    await room.open();
    expect(room.link.state.kind).toBe('live');
  });

  it('tells why it could not be joined in the first place', async () => {
    const room = aRoom();
    room.asked.error = refusal;
    await expect(room.link.begin()).rejects.toBe(refusal);
  });

  it('hands on what else the server says, also what came before somebody listened', async () => {
    const room = aRoom();
    await room.live();
    room.now().notice({ type: 'runs', runs: [] });
    const heard: Notice[] = [];
    room.link.hearNotices(notice => heard.push(notice));
    room.now().notice({ type: 'renamed', path: 'b' });
    expect(heard).toEqual([{ type: 'runs', runs: [] }, { type: 'renamed', path: 'b' }]);
  });
});
