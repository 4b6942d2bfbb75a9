// Kernels through npm's @jupyterlab/services, the client that every JupyterLab speaks with.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Kernel, KernelManager, KernelMessage, KernelSpecManager, ServerConnection, SessionManager } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default.js";
import { WebSocket } from "ws";
import { call, token, until, url, utcForm, uuidForm, webSocketUrl } from "./support.ts";

// The client asks kernel_info at each connection, connects twice at a restart, and handles no failure of what it asked on the first one, whose
// answer may be on its way just then. That is its own affair; this keeps it from counting as a failure of ours.
const askInfo = KernelConnection.prototype.requestKernelInfo;
KernelConnection.prototype.requestKernelInfo = function () {
  return askInfo.call(this).catch((error: Error) => {
    if (!error.message.startsWith("Canceled future for kernel_info_request")) throw error;
    return new Promise(() => {});
  });
};

const serverSettings = ServerConnection.makeSettings({
  baseUrl: url,
  wsUrl: webSocketUrl,
  token,
  appendToken: true,
  WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
});
const kernels = new KernelManager({ serverSettings, standby: "never" });
let kernel: Kernel.IKernelConnection;

interface Run {
  text: string;
  outputs: KernelMessage.IIOPubMessage[];
  reply: KernelMessage.IExecuteReplyMsg;
}

async function run(code: string, on: Kernel.IKernelConnection = kernel, answer?: string): Promise<Run> {
  const future = on.requestExecute({ code, allow_stdin: answer !== undefined, store_history: true });
  const run: Partial<Run> & { text: string; outputs: KernelMessage.IIOPubMessage[] } = { text: "", outputs: [] };
  future.onIOPub = (message) => {
    run.outputs.push(message);
    if (KernelMessage.isStreamMsg(message)) run.text += message.content.text;
    if (KernelMessage.isExecuteResultMsg(message)) run.text += String(message.content.data["text/plain"]);
  };
  future.onStdin = (message) => {
    if (KernelMessage.isInputRequestMsg(message)) future.sendInputReply({ status: "ok", value: answer ?? "" }, message.parent_header as never);
  };
  run.reply = (await future.done) as KernelMessage.IExecuteReplyMsg;
  return run as Run;
}

before(async () => {
  await kernels.ready;
  kernel = await kernels.startNew({ name: "python3" });
  await kernel.info;
});

after(async () => {
  await kernels.shutdownAll();
  kernels.dispose();
});

test("the kernel is listed with the fields and the time format that stock clients parse", async () => {
  const model = (await call("GET", `/api/kernels/${kernel.id}`)).json;
  assert.match(model.id, uuidForm);
  assert.match(model.last_activity, utcForm);
  assert.equal(model.name, "python3");
  assert.ok(["idle", "busy", "starting"].includes(model.execution_state), model.execution_state);
  assert.equal(model.connections, 1);
  assert.ok((await call("GET", "/api/kernels")).json.some((entry: { id: string }) => entry.id === kernel.id));
});

test("kernelspecs come with their logos", async () => {
  const manager = new KernelSpecManager({ serverSettings });
  await manager.ready;
  assert.equal(manager.specs?.default, "python3");
  assert.equal(manager.specs?.kernelspecs["python3"]?.language, "python");
  const { resources } = (await call("GET", "/api/kernelspecs/python3")).json;
  const logo = await call("GET", resources["logo-64x64"] ?? Object.values(resources)[0]);
  assert.equal(logo.status, 200);
  assert.equal((await call("GET", "/kernelspecs/python3/..%2f..%2fkernel.json")).status, 404);
  manager.dispose();
});

test("printed text, a value and an error arrive in order", async () => {
  assert.equal((await run("print('hello'); 6*7")).text, "hello\n42");
  const failed = await run("1/0");
  assert.equal(failed.reply.content.status, "error");
  assert.equal((failed.reply.content as { ename: string }).ename, "ZeroDivisionError");
});

test("a plot comes as a picture", async () => {
  const { outputs } = await run("import matplotlib.pyplot as plt; plt.plot([1, 3, 2]); plt.show()");
  const picture = outputs.find(KernelMessage.isDisplayDataMsg);
  assert.ok(String(picture?.content.data["image/png"]).startsWith("iVBOR"));
});

test("input() asks here and gets the answer", async () => {
  assert.equal((await run("print('hello ' + input('who? '))", kernel, "world")).text, "hello world\n");
});

test("completion and inspection answer", async () => {
  const completed = await kernel.requestComplete({ code: "import os; os.getc", cursor_pos: 18 });
  assert.ok((completed.content as { matches: string[] }).matches.some((match) => match.includes("getcwd")));
  const inspected = await kernel.requestInspect({ code: "len", cursor_pos: 3, detail_level: 0 });
  assert.equal((inspected.content as { found: boolean }).found, true);
});

test("a comm opened here reaches the kernel with its buffers and answers", async () => {
  await run("def opened(comm, message):\n    comm.send({'sum': sum(message['buffers'][0])}, buffers=[b'\\x01\\x02'])\nget_ipython().kernel.comm_manager.register_target('sum', opened)");
  const comm = kernel.createComm("sum");
  const answered = new Promise<KernelMessage.ICommMsgMsg>((resolve) => {
    comm.onMsg = resolve;
  });
  await comm.open({}, {}, [new Uint8Array([3, 4, 5]).buffer]).done;
  const message = await answered;
  assert.equal(message.content.data["sum"], 12);
  assert.deepEqual(new Uint8Array((message.buffers![0] as DataView).buffer ?? message.buffers![0]), new Uint8Array([1, 2]));
});

test("a sleep is interrupted well within two seconds", async () => {
  const future = kernel.requestExecute({ code: "import time; time.sleep(60)" });
  await new Promise<void>((resolve) => {
    future.onIOPub = (message) => KernelMessage.isExecuteInputMsg(message) && resolve();
  });
  // The client's own view of its kernel follows every request, also that of the subshell which the comm above got; the server's is of all.
  assert.equal((await call("GET", `/api/kernels/${kernel.id}`)).json.execution_state, "busy");
  const started = Date.now();
  await kernel.interrupt();
  assert.equal(((await future.done).content as { ename: string }).ename, "KeyboardInterrupt");
  assert.ok(Date.now() - started < 2000, `${Date.now() - started} ms`);
});

test("a restart keeps the id and the socket and forgets the variables", async () => {
  await run("kept = 1");
  const id = kernel.id;
  await kernel.restart();
  assert.equal(kernel.id, id);
  const forgotten = await run("kept");
  assert.equal((forgotten.reply.content as { ename: string }).ename, "NameError");
});

test("two hundred thousand printed lines arrive, none lost", async () => {
  const { text } = await run("for i in range(200_000): print(i)");
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, 200_000);
  assert.equal(lines.at(-1), "199999");
});

test("a second connection hears the first one's output", async () => {
  const other = kernels.connectTo({ model: kernel.model });
  const heard = new Promise<string>((resolve) => {
    other.anyMessage.connect((_, { msg }) => {
      if (KernelMessage.isStreamMsg(msg as KernelMessage.IIOPubMessage)) resolve((msg as KernelMessage.IStreamMsg).content.text);
    });
  });
  await other.info;
  await run("print('for both')");
  assert.equal(await heard, "for both\n");
  other.dispose();
});

test("a session binds a notebook to a kernel, is found again by its path, and ends with it", async () => {
  const manager = new SessionManager({ serverSettings, kernelManager: kernels, standby: "never" });
  await manager.ready;
  const session = await manager.startNew({ path: "book.ipynb", name: "book.ipynb", type: "notebook", kernel: { name: "python3" } });
  assert.equal((await run("2+2", session.kernel!)).text, "4");
  const again = await call("POST", "/api/sessions", { path: "book.ipynb", name: "book.ipynb", type: "notebook", kernel: { name: "python3" } });
  assert.equal(again.status, 201);
  assert.equal(again.json.id, session.id);
  await session.setPath("moved.ipynb");
  assert.equal((await call("GET", `/api/sessions/${session.id}`)).json.path, "moved.ipynb");
  const lost = session.kernel!.id;
  await session.shutdown();
  assert.equal((await call("GET", `/api/kernels/${lost}`)).status, 404);
  manager.dispose();
});

test("a session without its fields, or for a kernelspec that does not exist, is refused as Jupyter refuses it", async () => {
  assert.equal((await call("POST", "/api/sessions", { name: "x", type: "notebook", kernel: { name: "python3" } })).status, 400);
  const unknown = await call("POST", "/api/sessions", { path: "x.ipynb", type: "notebook", kernel: { name: "cobol" } });
  assert.equal(unknown.status, 501);
  assert.ok(unknown.json.short_message);
});

test("a kernel that does not exist is told in Jupyter's words", async () => {
  const missing = await call("GET", "/api/kernels/00000000-0000-4000-8000-000000000000");
  assert.equal(missing.status, 404);
  assert.match(missing.json.message, /Kernel does not exist/);
});

test("a process that exits is started again, and says so", async () => {
  const restarted = new Promise<void>((resolve) => {
    kernel.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") resolve();
    });
  });
  kernel.requestExecute({ code: "import os; os._exit(3)" }).done.catch(() => undefined);
  await restarted;
  await until("the kernel to answer again", async () => (await run("1+1").catch(() => undefined))?.text === "2", 60_000);
});
