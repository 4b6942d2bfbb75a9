// The server's documents beside npm's yjs and @jupyter/ydoc, which browsers use: whatever several people do to one notebook at once, whoever is cut
// off or restarted meanwhile, in the end all hold the same, and nothing is lost or doubled.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { YNotebook } from "@jupyter/ydoc";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";

const peer = spawn(process.env.YDOC_PEER ?? "build/dev/ydoc_peer", { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
after(() => peer.stdin.end());

/** What the server's side says; throws its sentence when it refuses. */
async function ask(line: string): Promise<string> {
  peer.stdin.write(`${line}\n`);
  const { value, done } = await answers.next();
  assert.ok(!done, "the peer lives");
  if (!value.startsWith("ok ")) throw new Error(value);
  return value.slice(3);
}
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Numbers that a seed determines (mulberry32). */
function randomOf(seed: number) {
  return (below: number) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A notebook as it may lie on a drive: with emoji, outputs of both kinds, metadata of others. */
const stored = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "python3" }, colab: { provenance: [] } },
  cells: [
    { cell_type: "markdown", id: "title", metadata: {}, source: ["# Größe 📊\n", "and more"] },
    {
      cell_type: "code", id: "first", metadata: { tags: ["a"] }, source: "x = 1\nx", execution_count: 1,
      outputs: [
        { output_type: "stream", name: "stdout", text: ["1\n", "2\n"] },
        { output_type: "execute_result", execution_count: 1, data: { "text/plain": "1" }, metadata: {} },
      ],
    },
    { cell_type: "raw", id: "last", metadata: {}, source: "" },
  ],
};

/** A person's page: a notebook model, and what it has not sent yet. */
class Page {
  notebook = new YNotebook();
  unsent: Uint8Array[] = [];

  constructor() {
    this.notebook.ydoc.on("update", (update: Uint8Array, origin: unknown) => origin !== "server" && this.unsent.push(update));
  }

  take(update: Uint8Array) {
    Y.applyUpdate(this.notebook.ydoc, update, "server");
  }

  async send(to: string) {
    for (const update of this.unsent.splice(0)) await ask(`apply ${to} ${textOf(update)}`);
  }

  /** What both sides do when a connection opens. */
  async meet(server: string) {
    this.take(bytesOf(await ask(`changes ${server} ${textOf(Y.encodeStateVector(this.notebook.ydoc))}`)));
    this.unsent = [];
    await ask(`apply ${server} ${textOf(Y.encodeStateAsUpdate(this.notebook.ydoc, bytesOf(await ask(`state ${server}`))))}`);
  }

  /** One thing that a person or a kernel may do; `word` appears nowhere else. */
  act(random: (below: number) => number, word: string) {
    const { notebook } = this;
    const cell = notebook.cells[random(Math.max(1, notebook.cells.length))];
    switch (cell ? random(8) : 0) {
      case 0:
        notebook.insertCell(random(notebook.cells.length + 1), { cell_type: random(2) ? "code" : "markdown", id: word, metadata: {}, source: word });
        return;
      case 1:
        notebook.deleteCell(random(notebook.cells.length));
        return;
      case 2: {
        const length = cell.ysource.length;
        const from = random(length + 1);
        cell.updateSource(from, from + random(length - from + 1), "");
        return;
      }
      case 3:
        cell.setMetadata(`note-${random(3)}`, word);
        return;
      case 4:
        notebook.setMetadata(`note-${random(3)}`, { nested: [word, null, 1.5] });
        return;
      case 5:
        if (cell.cell_type === "code") {
          const outputs = (cell as any).youtputs.length;
          (cell as any).updateOutputs(outputs, outputs, [{ output_type: "stream", name: "stdout", text: `${word}\n` }]);
        }
        return;
      default: {
        const at = random(cell.ysource.length + 1);
        cell.updateSource(at, at, `${word}📎`);
      }
    }
  }
}

/** Without what the page adds and a drive does not hold. */
function plain(notebook: any) {
  for (const cell of notebook.cells) {
    delete cell.execution_state;
    if (cell.attachments === undefined) delete cell.attachments;
  }
  return notebook;
}

const loaded = async (server: string, client = 0) => {
  await ask(`new ${server} ${client}`);
  await ask(`fill ${server} ${JSON.stringify(stored)}`);
};

test("what the server fills from a drive, the page's own model reads", async () => {
  await loaded("server");
  const page = new Page();
  await page.meet("server");
  const read = plain(page.notebook.toJSON());
  assert.deepEqual(read, plain(JSON.parse(await ask("read server"))));
  assert.equal(read.cells[0].source, "# Größe 📊\nand more");
  assert.equal((page.notebook.cells[1] as any).youtputs.get(0).get("text").constructor.name, "YText");
  assert.deepEqual(read.metadata, stored.metadata);
});

test("what a page makes, the server reads", async () => {
  await ask("new server 3");
  const page = new Page();
  page.notebook.fromJSON(structuredClone(stored) as any);
  await page.meet("server");
  assert.deepEqual(plain(JSON.parse(await ask("read server"))), plain(page.notebook.toJSON()));
});

test("an update that is damaged is refused, and the page's next one is taken", async () => {
  await loaded("server");
  const page = new Page();
  await page.meet("server");
  page.notebook.cells[0].updateSource(0, 0, "yes ");
  await assert.rejects(ask(`apply server ${textOf(page.unsent[0].slice(0, -3))}`), /no update of a notebook/);
  await page.send("server");
  assert.match(JSON.parse(await ask("read server")).cells[0].source, /^yes # /);
});

test("a change that comes before the one it builds on waits for it", async () => {
  await loaded("server");
  const page = new Page();
  await page.meet("server");
  page.notebook.cells[2].updateSource(0, 0, "one");
  page.notebook.cells[2].updateSource(3, 3, " two");
  const last = page.unsent.pop()!;
  const heard = async () => [await ask("waits server"), JSON.parse(await ask("read server")).cells[2].source];
  await ask(`apply server ${textOf(last)}`);
  assert.deepEqual(await heard(), ["true", ""]);
  await page.send("server");
  assert.deepEqual(await heard(), ["false", "one two"]);
});

test("the room's messages are those of y-protocols", async () => {
  await loaded("server");
  const page = new Page();
  const ask1 = encoding.createEncoder();
  encoding.writeVarUint(ask1, 0);
  syncProtocol.writeSyncStep1(ask1, page.notebook.ydoc);
  const answer = decoding.createDecoder(bytesOf(await ask(`message server ${textOf(encoding.toUint8Array(ask1))}`)));
  assert.equal(decoding.readVarUint(answer), 0);
  assert.equal(syncProtocol.readSyncMessage(answer, encoding.createEncoder(), page.notebook.ydoc, "server"), 1);
  assert.equal(page.notebook.cells.length, 3);

  page.notebook.cells[0].updateSource(0, 0, "said ");
  const tell = encoding.createEncoder();
  encoding.writeVarUint(tell, 0);
  syncProtocol.writeUpdate(tell, page.unsent[0]);
  await ask(`message server ${textOf(encoding.toUint8Array(tell))}`);
  assert.match(JSON.parse(await ask("read server")).cells[0].source, /^said # /);
});

test("who is there is told as y-protocols tells it", async () => {
  await loaded("server");
  const [ada, bob] = [new Page(), new Page()].map((page) => page.notebook.awareness);
  ada.setLocalState({ user: { name: "Ada Ö" } });
  await ask(`present server ${textOf(awarenessProtocol.encodeAwarenessUpdate(ada, [ada.clientID]))}`);
  bob.setLocalState({ user: { name: "Bob" } });
  const all = await ask(`present server ${textOf(awarenessProtocol.encodeAwarenessUpdate(bob, [bob.clientID]))}`);
  awarenessProtocol.applyAwarenessUpdate(ada, bytesOf(all), "server");
  assert.deepEqual(ada.getStates().get(bob.clientID), { user: { name: "Bob" } });
  ada.setLocalState(null);
  const left = await ask(`present server ${textOf(awarenessProtocol.encodeAwarenessUpdate(ada, [ada.clientID], new Map([[ada.clientID, null as never]])))}`);
  assert.ok(!Buffer.from(left, "base64").includes("Ada"));
});

test("several people, cut connections and restarts end in one notebook with nothing lost or doubled", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomOf(seed);
    await loaded("server");
    const pages = [new Page(), new Page(), new Page()];
    for (const page of pages) await page.meet("server");
    let words = 0;
    const written = new Set<string>();
    for (let step = 0; step < 120; step++) {
      const page = pages[random(pages.length)];
      switch (random(10)) {
        case 0: // the connection came back
          await page.meet("server");
          break;
        case 1: // the server was ended and is there again, with all that it had taken
          {
            const kept = await ask("changes server ");
            await ask(`new server ${1000 + step}`);
            await ask(`apply server ${kept}`);
          }
          break;
        case 2: // the server was started on an empty store: it reads the drive again, and the pages bring the rest
          await loaded("server");
          for (const one of pages) await one.meet("server");
          break;
        case 3:
        case 4: // the others see what one did
          await page.send("server");
          for (const other of pages) other.take(bytesOf(await ask(`changes server ${textOf(Y.encodeStateVector(other.notebook.ydoc))}`)));
          break;
        case 5: // sent late and out of order, and once more
          page.unsent.reverse();
          await ask(`apply server ${textOf(page.unsent[0] ?? new Uint8Array([0, 0]))}`);
          break;
        default:
          written.add(`<${seed}.${++words}>`);
          page.act(random, `<${seed}.${words}>`);
      }
    }
    for (const page of [...pages, ...pages]) await page.meet("server");
    const server = plain(JSON.parse(await ask("read server")));
    for (const page of pages) assert.deepEqual(plain(page.notebook.toJSON()), server, `seed ${seed}`);
    const sources = server.cells.map((cell: any) => cell.source).join("\n");
    for (const word of written) assert.ok(sources.split(word).length <= 2, `seed ${seed}: ${word} is there twice`);
    const ids = server.cells.map((cell: any) => cell.id);
    assert.equal(new Set(ids).size, ids.length, `seed ${seed}: a cell is there twice`);
  }
});
