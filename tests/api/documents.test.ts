// Live documents through npm's @jupyter/docprovider and y-websocket, the clients of jupyter-collaboration.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openAsStock, type StockPage } from "./stock-provider.ts";
import { call, until } from "./support.ts";

const open: StockPage[] = [];
const opened = async (path: string): Promise<StockPage> => {
  const page = await openAsStock(path);
  open.push(page);
  return page;
};
after(() => open.forEach((page) => page.close()));

const cell = (source: string, id: string) => ({ cell_type: "code", id, metadata: {}, source, outputs: [], execution_count: null });
const notebook = (...cells: object[]) => ({ nbformat: 4, nbformat_minor: 5, metadata: { colab: { odd: [1, null] } }, cells });

async function put(path: string, content: object): Promise<void> {
  const reply = await call("PUT", `api/contents/${path}`, { type: "notebook", content });
  assert.ok(reply.status < 300, reply.text);
}
const saved = async (path: string) => (await call("GET", `api/contents/${path}`)).json.content;
const sourcesOf = (content: { cells: { source: string }[] }) => content.cells.map(({ source }) => source);

test("two people see each other's words, and the file has them", async () => {
  await put("both.ipynb", notebook(cell("a = 1", "one")));
  const [ada, bob] = [await opened("both.ipynb"), await opened("both.ipynb")];
  assert.equal(ada.notebook.getCell(0).getSource(), "a = 1");
  ada.notebook.getCell(0).updateSource(5, 5, "\nb = 2");
  bob.notebook.addCell({ cell_type: "markdown", source: "# Title" } as never);
  await until("both have both", async () => bob.notebook.getCell(0).getSource() === "a = 1\nb = 2" && ada.notebook.cells.length === 2);
  await ada.provider.save();
  const content = await saved("both.ipynb");
  assert.deepEqual(sourcesOf(content), ["a = 1\nb = 2", "# Title"]);
  assert.deepEqual(content.metadata.colab, { odd: [1, null] });
});

test("a cell that the server runs again shows a stock page what it printed this time alone", async () => {
  await put("again.ipynb", notebook(cell("import time; print(time.time_ns())", "one")));
  const page = await opened("again.ipynb");
  const { fileId } = (await call("PUT", "api/collaboration/session/again.ipynb", { format: "json", type: "notebook" })).json as { fileId: string };
  const outputs = () => (page.notebook.getCell(0) as unknown as { getOutputs(): { text: string }[] }).getOutputs().map(({ text }) => text);
  const seen: string[] = [];
  for (const count of [1, 2]) {
    assert.equal((await call("POST", `api/documents/${fileId}/runs`, { cells: [{ id: "one" }] })).status, 202);
    await until(`run ${count} has ended`, async () => (page.notebook.getCell(0) as unknown as { execution_count: number }).execution_count === count);
    assert.equal(outputs().length, 1);
    seen.push(outputs()[0]!);
  }
  assert.notEqual(seen[0], seen[1]);
});
