// The kernel's socket, byte by byte: both subprotocols, and what broken frames meet.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { call, token, webSocketUrl } from "./support.ts";

const v1 = "v1.kernel.websocket.jupyter.org";
let id = "";

before(async () => {
  const made = await call("POST", "/api/kernels", { name: "python3" });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.get("location"), `/api/kernels/${made.json.id}`);
  id = made.json.id;
});
after(() => call("DELETE", `/api/kernels/${id}`));

function open(protocols: string[] = [], query = `token=${token}`): Promise<WebSocket> {
  const socket = new WebSocket(`${webSocketUrl}api/kernels/${id}/channels?session_id=${randomUUID()}&${query}`, protocols);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
    socket.once("unexpected-response", (_, reply) => reject(new Error(`status ${reply.statusCode}`)));
  });
}

function header(type: string, session = randomUUID()) {
  return { msg_id: randomUUID(), msg_type: type, session, username: "t", date: new Date().toISOString(), version: "5.3" };
}

// channel, then the four JSON parts, then buffers, each at its offset.
function v1Frame(channel: string, parts: object[]): Buffer {
  const pieces = [Buffer.from(channel), ...parts.map((part) => Buffer.from(JSON.stringify(part)))];
  const head = Buffer.alloc(8 * (pieces.length + 2));
  head.writeBigUInt64LE(BigInt(pieces.length + 1), 0);
  let at = head.length;
  pieces.forEach((piece, i) => {
    head.writeBigUInt64LE(BigInt(at), 8 * (i + 1));
    at += piece.length;
  });
  head.writeBigUInt64LE(BigInt(at), 8 * (pieces.length + 1));
  return Buffer.concat([head, ...pieces]);
}

function parseV1(bytes: Buffer) {
  const n = Number(bytes.readBigUInt64LE(0));
  const at = Array.from({ length: n }, (_, i) => Number(bytes.readBigUInt64LE(8 * (i + 1))));
  const part = (i: number) => bytes.subarray(at[i], at[i + 1]).toString();
  return { channel: part(0), header: JSON.parse(part(1)), parent: JSON.parse(part(2)), content: JSON.parse(part(4)) };
}

const request = { code: "print('seen')", silent: false, store_history: false, user_expressions: {}, allow_stdin: false };

test("v1: a request spliced from five parts is answered on shell and iopub", async () => {
  const socket = await open([v1]);
  assert.equal(socket.protocol, v1);
  const asked = header("execute_request");
  const types = new Set<string>();
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer, binary) => {
      assert.ok(binary);
      const message = parseV1(data);
      if (message.parent.msg_id !== asked.msg_id) return;
      types.add(`${message.channel}:${message.header.msg_type}`);
      if (types.has("shell:execute_reply") && types.has("iopub:stream")) resolve();
    });
    socket.send(v1Frame("shell", [asked, {}, {}, request]));
  });
  socket.close();
});

test("legacy: a sparse header without session or date, and without a channel, still runs", async () => {
  const socket = await open();
  assert.equal(socket.protocol, "");
  const msg_id = randomUUID();
  await new Promise<void>((resolve) => {
    socket.on("message", (data, binary) => {
      if (binary) return;
      const message = JSON.parse(data.toString());
      if (message.parent_header.msg_id === msg_id && message.channel === "shell") resolve();
    });
    socket.send(JSON.stringify({ header: { msg_id, msg_type: "execute_request" }, parent_header: {}, metadata: {}, content: request }));
  });
  socket.close();
});

test("frames that are no messages are survived: the same socket or the next one still answers", async () => {
  const bad = [
    Buffer.alloc(0),
    Buffer.from([1]),
    Buffer.alloc(8, 0xff),
    Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(48, 0xee)]),
    v1Frame("nonsense", [header("execute_request"), {}, {}, request]),
    v1Frame("shell", [header("no_such_request"), {}, {}, {}]),
    v1Frame("iopub", [header("status"), {}, {}, {}]),
  ];
  for (const bytes of bad) {
    const socket = await open([v1]);
    socket.send(bytes);
    socket.send("text where bytes belong");
    socket.close();
  }
  const socket = await open([v1]);
  const asked = header("kernel_info_request");
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      if (parseV1(data).parent.msg_id === asked.msg_id) resolve();
    });
    socket.send(v1Frame("shell", [asked, {}, {}, {}]));
  });
  socket.close();
});

test("without a credential, with a wrong one, or from another site, the socket stays shut", async () => {
  await assert.rejects(open([v1], ""), /403/);
  await assert.rejects(open([v1], "token=wrong"), /403/);
});

test("a kernel that does not exist has no socket", async () => {
  const socket = new WebSocket(`${webSocketUrl}api/kernels/00000000-0000-4000-8000-000000000000/channels?token=${token}`);
  const status = await new Promise<number>((resolve) => socket.once("unexpected-response", (_, reply) => resolve(reply.statusCode ?? 0)));
  assert.equal(status, 404);
  socket.on("error", () => undefined);
});
