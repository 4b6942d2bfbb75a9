// Terminals and events, as terminado and jupyter_events speak.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { call, token, webSocketUrl } from "./support.ts";

test("a terminal runs a command inside the runtime, and shows it again to who comes later", async () => {
  const made = await call("POST", "/api/terminals");
  assert.equal(made.status, 200, made.text);
  const { name } = made.json;
  const listen = (then: (socket: WebSocket, text: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(`${webSocketUrl}terminals/websocket/${name}?token=${token}`);
      let text = "";
      socket.on("error", reject);
      socket.on("message", (data) => {
        const [kind, value] = JSON.parse(data.toString());
        if (kind === "stdout") text += value;
        if (kind === "setup") socket.send(JSON.stringify(["set_size", 24, 80]));
        if (then(socket, text)) {
          socket.close();
          resolve();
        }
      });
    });
  let sent = false;
  await listen((socket, text) => {
    if (!sent) socket.send(JSON.stringify(["stdin", "echo $((40+2))-pwd=$(pwd)\r"]));
    sent = true;
    return text.includes("42-pwd=/content");
  });
  await listen((_, text) => text.includes("42-pwd=/content"));
  assert.ok((await call("GET", "/api/terminals")).json.some((entry: { name: string }) => entry.name === name));
  assert.equal((await call("DELETE", `/api/terminals/${name}`)).status, 204);
  assert.equal((await call("GET", `/api/terminals/${name}`)).status, 404);
});

test("an event that was posted is heard by who subscribed", async () => {
  const socket = new WebSocket(`${webSocketUrl}api/events/subscribe?token=${token}`);
  await new Promise((resolve) => socket.once("open", resolve));
  const heard = new Promise<Record<string, unknown>>((resolve) => {
    socket.on("message", (data) => {
      const event = JSON.parse(data.toString());
      if (event.path === "heard.ipynb") resolve(event);
    });
  });
  const posted = await call("POST", "/api/events", {
    schema_id: "https://events.jupyter.org/jupyter_server/contents_service/v1",
    version: "1",
    data: { action: "get", path: "heard.ipynb" },
  });
  assert.equal(posted.status, 204, posted.text);
  assert.equal((await heard)["action"], "get");
  socket.close();
  assert.equal((await call("POST", "/api/events", { schema_id: "https://example.org/unknown", version: "1", data: {} })).status, 400);
  assert.equal((await call("POST", "/api/events", { data: {} })).status, 400);
});

test("what a stock JupyterLab asks for at its start is there", async () => {
  for (const path of ["/api/status", "/api/me", "/api/nbconvert", "/api/config/notebook", "/lab/api/settings", "/lab/api/workspaces", "/lab/api/translations"]) {
    const reply = await call("GET", path);
    assert.equal(reply.status, 200, `${path}: ${reply.text}`);
    JSON.parse(reply.text);
  }
  assert.equal((await call("PUT", "/lab/api/workspaces/mine", { data: { a: 1 }, metadata: { id: "mine" } })).status, 204);
  assert.deepEqual((await call("GET", "/lab/api/workspaces/mine")).json.data, { a: 1 });
  assert.equal((await call("DELETE", "/lab/api/workspaces/mine")).status, 204);
  assert.equal((await call("PATCH", "/api/config/notebook", { theme: "dark" })).json.theme, "dark");
});
