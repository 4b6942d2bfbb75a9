// The drive through Jupyter's contents API: the shapes, codes and sentences that stock clients expect.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { call } from "./support.ts";

const notebook = (source: string) => ({
  cells: [{ cell_type: "code", id: "first", metadata: {}, source, outputs: [], execution_count: null }],
  metadata: { colab: { provenance: [] } },
  nbformat: 4,
  nbformat_minor: 5,
});

test("a notebook comes back as it was saved, unknown metadata included", async () => {
  const saved = await call("PUT", "/api/contents/round.ipynb", { type: "notebook", format: "json", content: notebook("1+1") });
  assert.equal(saved.status, 201);
  const again = await call("PUT", "/api/contents/round.ipynb", { type: "notebook", format: "json", content: notebook("2+2") });
  assert.equal(again.status, 200);
  const read = await call("GET", "/api/contents/round.ipynb");
  assert.deepEqual(read.json.content.metadata, { colab: { provenance: [] } });
  assert.equal([read.json.content.cells[0].source].flat().join(""), "2+2");
  assert.deepEqual(
    ["name", "path", "type", "writable", "created", "last_modified", "mimetype", "content", "format"].filter((key) => !(key in read.json)),
    [],
  );
});

test("content=0 leaves content and format null, hash=1 gives the sha256 of the bytes", async () => {
  await call("PUT", "/api/contents/words.txt", { type: "file", format: "text", content: "grüß dich\n" });
  const model = (await call("GET", "/api/contents/words.txt?content=0&hash=1")).json;
  assert.equal(model.content, null);
  assert.equal(model.format, null);
  assert.equal(model.hash_algorithm, "sha256");
  assert.equal(model.hash, createHash("sha256").update("grüß dich\n").digest("hex"));
});

test("bytes that are no text come as base64, and asking for text is refused with a reason", async () => {
  const content = Buffer.from([0xff, 0xfe, 0x00, 0x01]).toString("base64");
  await call("PUT", "/api/contents/raw.bin", { type: "file", format: "base64", content });
  const read = (await call("GET", "/api/contents/raw.bin")).json;
  assert.equal(read.format, "base64");
  assert.equal(read.content.trim(), content);
  assert.equal((await call("GET", "/api/contents/raw.bin?format=text")).status, 400);
});

test("untitled files count up and copies are named after their original", async () => {
  await call("PUT", "/api/contents/untitled-room", { type: "directory" });
  const names = [];
  for (let i = 0; i < 3; ++i) names.push((await call("POST", "/api/contents/untitled-room", { type: "notebook" })).json.name);
  assert.deepEqual(names, ["Untitled.ipynb", "Untitled1.ipynb", "Untitled2.ipynb"]);
  const copy = await call("POST", "/api/contents/untitled-room", { copy_from: "untitled-room/Untitled.ipynb" });
  assert.equal(copy.status, 201);
  assert.equal(copy.json.name, "Untitled-Copy1.ipynb");
  assert.ok(copy.headers.get("location")?.endsWith("Untitled-Copy1.ipynb"));
});

test("a rename onto an existing name is a conflict and changes nothing", async () => {
  for (const name of ["one.txt", "two.txt"]) await call("PUT", `/api/contents/${name}`, { type: "file", format: "text", content: name });
  assert.equal((await call("PATCH", "/api/contents/one.txt", { path: "two.txt" })).status, 409);
  assert.equal((await call("GET", "/api/contents/two.txt")).json.content, "two.txt");
  assert.equal((await call("PATCH", "/api/contents/one.txt", { path: "drei.txt" })).json.path, "drei.txt");
});

test("what does not exist is told as plain text, as stock clients expect", async () => {
  const missing = await call("GET", "/api/contents/nowhere.txt");
  assert.equal(missing.status, 404);
  assert.match(missing.text, /file or directory '.*nowhere\.txt' does not exist/);
});

test("no path leads out of the drive", async () => {
  for (const path of ["../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "a/../../b", "%00", "foo%00.txt"]) {
    const reply = await fetch(`${process.env.ALLMENDE_URL}api/contents/${path}`, { headers: { Authorization: `token ${process.env.ALLMENDE_TOKEN}` } });
    assert.ok([400, 404].includes(reply.status), `${path} gave ${reply.status}`);
    assert.doesNotMatch(await reply.text(), /root:/);
  }
});

test("hidden names are neither shown nor written", async () => {
  assert.equal((await call("PUT", "/api/contents/.secret", { type: "file", format: "text", content: "x" })).status, 400);
  assert.equal((await call("GET", "/api/contents/.secret")).status, 404);
});

test("an upload in pieces is one file at the end, and pieces of other types are refused", async () => {
  const pieces = ["alpha ", "beta ", "gamma"];
  const chunks = [1, 2, -1];
  for (const [i, text] of pieces.entries()) {
    const reply = await call("PUT", "/api/contents/pieces.txt", { type: "file", format: "base64", content: Buffer.from(text).toString("base64"), chunk: chunks[i] });
    assert.ok(reply.status === 201 || reply.status === 200, `piece ${i} gave ${reply.status}: ${reply.text}`);
  }
  assert.equal((await call("GET", "/api/contents/pieces.txt")).json.content, "alpha beta gamma");
  assert.equal((await call("PUT", "/api/contents/pieces.ipynb", { type: "notebook", format: "json", content: notebook(""), chunk: 1 })).status, 400);
});

test("a checkpoint brings the earlier content back", async () => {
  const path = "/api/contents/history.txt";
  await call("PUT", path, { type: "file", format: "text", content: "before" });
  const made = await call("POST", `${path}/checkpoints`);
  assert.equal(made.status, 201);
  await call("PUT", path, { type: "file", format: "text", content: "after" });
  assert.equal((await call("POST", `${path}/checkpoints/${made.json.id}`)).status, 204);
  assert.equal((await call("GET", path)).json.content, "before");
  assert.equal((await call("DELETE", `${path}/checkpoints/${made.json.id}`)).status, 204);
  assert.deepEqual((await call("GET", `${path}/checkpoints`)).json, []);
});

test("what was deleted can be brought back from the trash", async () => {
  await call("PUT", "/api/contents/precious.txt", { type: "file", format: "text", content: "gold" });
  const gone = await call("DELETE", "/api/contents/precious.txt");
  assert.equal(gone.status, 204);
  const id = gone.headers.get("x-allmende-trash");
  assert.ok(id);
  assert.equal((await call("GET", "/api/contents/precious.txt")).status, 404);
  assert.ok((await call("GET", "/api/trash")).json.some((entry: { id: string }) => entry.id === id));
  assert.equal((await call("POST", `/api/trash/${id}/restore`)).status, 200);
  assert.equal((await call("GET", "/api/contents/precious.txt")).json.content, "gold");
});

test("an empty and a broken notebook are told apart from an empty one, and stay downloadable", async () => {
  for (const [name, content] of [["zero.ipynb", ""], ["broken.ipynb", '{"cells": [\n oops']] as const) {
    await call("PUT", `/api/contents/${name}`, { type: "file", format: "text", content });
    const read = await call("GET", `/api/contents/${name}?type=notebook`);
    assert.equal(read.status, 400, name);
    assert.ok(read.json.message.length > 20, read.text);
    assert.equal((await call("GET", `/files/${name}`)).text, content);
  }
});

test("files are sent with a sandbox of their own, so that they cannot act as the page", async () => {
  await call("PUT", "/api/contents/page.html", { type: "file", format: "text", content: "<script>alert(1)</script>" });
  const reply = await call("GET", "/files/page.html");
  assert.equal(reply.status, 200);
  assert.match(reply.headers.get("content-security-policy") ?? "", /sandbox/);
  const attached = await call("GET", "/files/page.html?download=1");
  assert.match(attached.headers.get("content-disposition") ?? "", /^attachment; filename\*=utf-8''page\.html/i);
});

test("bodies that are no JSON or of the wrong shape get a sentence, not a stack", async () => {
  for (const body of ["{nonsense", "[]", JSON.stringify({ content: "x" }), JSON.stringify({ type: "file", content: "x" })]) {
    const reply = await call("PUT", "/api/contents/wrong.txt", body);
    assert.equal(reply.status, 400, body);
    assert.equal(typeof reply.json.message, "string");
  }
});

test("a model without content makes a new empty file, but never empties one that is there", async () => {
  const body = JSON.stringify({ type: "file" });
  assert.equal((await call("PUT", "/api/contents/fresh.txt", body)).status, 201);
  const again = await call("PUT", "/api/contents/fresh.txt", body);
  assert.equal(again.status, 400);
  assert.equal(again.json.message, "No file content provided");
});

test("JSON nested without end is refused and hurts nobody", async () => {
  const reply = await call("PUT", "/api/contents/deep.ipynb", "[".repeat(200_000));
  assert.equal(reply.status, 400);
  assert.equal((await call("GET", "/api/status")).status, 200);
});

test("a folder of a thousand files is listed whole, without contents", async () => {
  await call("PUT", "/api/contents/many", { type: "directory" });
  for (let batch = 0; batch < 20; ++batch) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => call("PUT", `/api/contents/many/${batch}-${i}.txt`, { type: "file", format: "text", content: "" })),
    );
  }
  const listing = (await call("GET", "/api/contents/many")).json;
  assert.equal(listing.content.length, 1000);
  assert.ok(listing.content.every((entry: { content: unknown }) => entry.content === null));
});

test("search finds by a part of the name, and recent work comes first", async () => {
  await call("PUT", "/api/contents/many/needle in hay.ipynb", { type: "notebook", format: "json", content: notebook("") });
  const found = (await call("GET", "/api/drive/search?query=needle")).json;
  assert.deepEqual(found.map((entry: { path: string }) => entry.path), ["many/needle in hay.ipynb"]);
  assert.equal((await call("GET", "/api/drive/recent?limit=5")).json[0].path, "many/needle in hay.ipynb");
});

test("a notebook of 100 MB is saved and opened whole, and what is larger is refused and changes nothing", async () => {
  const megabytes = process.env["ALLMENDE_SANITIZED"] ? 4 : 100;
  const printed = "sheep ".repeat((megabytes << 20) / 6);
  const content = { ...notebook("count()"), cells: [{ ...notebook("count()").cells[0], outputs: [{ output_type: "stream", name: "stdout", text: printed }] }] };
  const saving = call("PUT", "/api/contents/large.ipynb", { type: "notebook", format: "json", content });
  assert.equal((await call("GET", "/api/status")).status, 200, "others are answered meanwhile");
  assert.equal((await saving).status, 201);
  const opened = (await call("GET", "/api/contents/large.ipynb")).json.content;
  assert.deepEqual([[opened.cells[0].outputs[0].text].flat().join("") === printed, opened.cells[0].source], [true, "count()"]);
  content.cells[0]!.outputs[0]!.text = printed.repeat(2);
  if (process.env["ALLMENDE_SANITIZED"]) return;
  const refused = await call("PUT", "/api/contents/large.ipynb", { type: "notebook", format: "json", content });
  assert.deepEqual([refused.status, /larger than the 201326592 bytes allowed here; save a file in chunks: /.test(refused.text)], [413, true], refused.text.slice(0, 300));
  assert.equal((await call("GET", "/api/contents/large.ipynb?content=0")).json.size > megabytes << 20, true, "what was saved is still there");
});
