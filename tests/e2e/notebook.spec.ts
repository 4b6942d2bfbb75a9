// The notebook page, as a person meets it: writing, running, interrupting, losing the connection, and getting everything back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, phone, picture, putNotebook, url, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const runButton = (page: Page, at: number): Locator => cellAt(page, at).locator(".al-run");
const done = (page: Page, at: number): Promise<void> => cellAt(page, at).locator(".al-run[data-run=done]").waitFor({ timeout: 60_000 });
const failed = (page: Page, at: number): Promise<void> => cellAt(page, at).locator(".al-run[data-run=error]").waitFor({ timeout: 60_000 });
const saved = (page: Page): Promise<void> => page.getByText("All changes saved").waitFor();

interface StoredCell {
  cell_type: string;
  source: string;
  outputs?: { output_type: string; text?: string | string[] }[];
}

async function stored(path: string): Promise<StoredCell[]> {
  const reply = await call("GET", `api/contents/${encodeURI(path)}?type=notebook&content=1`);
  assert.ok(reply.ok, `${path} is there`);
  return ((await reply.json()) as { content: { cells: StoredCell[] } }).content.cells;
}

const editor = (page: Page, at: number): Locator => cellAt(page, at).locator(".cm-content");

// Waits until the notebook has the focus, which is when a person can type.
async function hasFocus(page: Page): Promise<void> {
  await page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
}

// Ada's page with a notebook of these cells.
async function at(path: string, cells: Cell[], options: BrowserContextOptions = {}): Promise<Watched> {
  await putNotebook(path, cells);
  const watched = await openSignedIn(browser, options);
  await watched.page.goto(notebookAddress(path));
  await hasFocus(watched.page);
  return watched;
}

// Ends the kernels too: what this test left behind in memory shall not be another's trouble.
async function close(watched: Watched): Promise<void> {
  await watched.context.close();
  for (const { id } of (await (await call("GET", "api/kernels")).json()) as { id: string }[]) await call("DELETE", `api/kernels/${id}`);
  nothingWentWrong(watched);
}

test("a new notebook from home has the focus, runs what is typed, and keeps it", async () => {
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(new URL("?view=files", url).href);
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "New notebook" }).click();
  await page.waitForURL("**/notebooks/Untitled*.ipynb");
  await hasFocus(page);
  await page.keyboard.type("print('from the commons')");
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("from the commons", { exact: true }).waitFor({ timeout: 60_000 });
  await done(page, 0);
  await saved(page);
  const path = decodeURI(new URL(page.url()).pathname).replace(/^\/notebooks\//, "");
  const [first] = await stored(path);
  assert.equal(first?.source, "print('from the commons')");
  assert.deepEqual(first.outputs?.map(({ text }) => [text].flat().join("")), ["from the commons\n"]);
  await close(watched);
});

test("run all by key alone: text, a plot as a picture, a table, a formula", async () => {
  const watched = await at("usual.ipynb", [
    { text: "# Sheep\n\nThey are $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ many." },
    "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()",
    "import pandas\npandas.DataFrame({'sheep': [3, 5], 'wool': ['white', 'black']})",
  ]);
  const { page } = watched;
  await page.keyboard.press("Control+F9");
  await done(page, 2);
  await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".jp-OutputArea img[src^='data:image/png']")?.naturalWidth ?? 0) > 100);
  assert.deepEqual(await outputOf(page, 2).locator("tbody tr").first().locator("td").allInnerTexts(), ["3", "white"]);
  await cellAt(page, 0).locator("mjx-container").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "notebook-light");
  await close(watched);
});

test("a slider moved by hand changes what its function prints", async () => {
  const watched = await at("slider.ipynb", ["from ipywidgets import interact\ninteract(lambda n: print('flock of', n), n=(0, 10))"]);
  const { page } = watched;
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("flock of 5").waitFor({ timeout: 60_000 });
  await page.getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await outputOf(page, 0).getByText("flock of 6").waitFor();
  const handle = (await page.getByRole("slider").boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x + 300, handle.y + handle.height / 2, { steps: 5 });
  await page.mouse.up();
  await outputOf(page, 0).getByText("flock of 10").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await close(watched);
});

test("input() asks in its place, and the answer goes on", async () => {
  const watched = await at("asks.ipynb", ["name = input('Who? ')\nprint('Good day,', name)", "import getpass\nprint(len(getpass.getpass('Secret: ')))"]);
  const { page } = watched;
  await page.keyboard.press("Shift+Enter");
  const field = cellAt(page, 0).locator("input.jp-Stdin-input");
  await field.waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => document.activeElement?.classList.contains("jp-Stdin-input"));
  await page.keyboard.type("Ada");
  await page.keyboard.press("Enter");
  await outputOf(page, 0).getByText("Who? Ada\nGood day, Ada").waitFor();
  await editor(page, 1).click();
  await page.keyboard.press("Control+Enter");
  const secret = cellAt(page, 1).locator("input[type=password]");
  await secret.waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await secret.fill("hush");
  await secret.press("Enter");
  await outputOf(page, 1).getByText("Secret: ········\n4").waitFor();
  await close(watched);
});

test("Ctrl+M and a letter work on cells, Shift+Enter goes on, Escape leaves the editor", async () => {
  const watched = await at("keys.ipynb", ["a = 1", "a + 1"]);
  const { page } = watched;
  const sources = () => page.locator(".jp-Notebook-cell").evaluateAll((cells) => cells.map((cell) => cell.querySelector(".cm-content")?.textContent ?? ""));
  const until = (wanted: string[]) => page.waitForFunction((expected) => JSON.stringify([...document.querySelectorAll(".jp-Notebook-cell")].map((cell) => cell.querySelector(".cm-content")?.textContent ?? "")) === expected, JSON.stringify(wanted));
  await page.keyboard.press("Control+m");
  await page.keyboard.press("b");
  await until(["a = 1", "", "a + 1"]);
  await page.keyboard.type("b = 2");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+m");
  await page.keyboard.press("k");
  await until(["b = 2", "a = 1", "a + 1"]);
  await page.keyboard.press("Control+m");
  await page.keyboard.press("d");
  await until(["a = 1", "a + 1"]);
  await page.keyboard.press("Control+m");
  await page.keyboard.press("z");
  await until(["b = 2", "a = 1", "a + 1"]);
  await page.keyboard.press("ArrowUp"); // what came back stands above what was chosen since
  await page.keyboard.press("d");
  await page.keyboard.press("d");
  await until(["a = 1", "a + 1"]);
  await editor(page, 0).click();
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await outputOf(page, 1).getByText("2", { exact: true }).waitFor({ timeout: 60_000 });
  await until(["a = 1", "a + 1", ""]);
  await page.keyboard.press("Control+m");
  await page.getByText("After Ctrl+M").waitFor();
  await page.keyboard.press("h");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.keyboard.press("Escape");
  assert.deepEqual(await sources(), ["a = 1", "a + 1", ""]);
  await close(watched);
});

test("a sleeping cell is interrupted, and the next one runs", async () => {
  const watched = await at("sleeps.ipynb", ["print('asleep', flush=True)\nimport time\ntime.sleep(60)", "print('awake')"]);
  const { page } = watched;
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("asleep").waitFor({ timeout: 60_000 });
  const begun = Date.now();
  await runButton(page, 0).locator("button").click();
  await outputOf(page, 0).getByText("KeyboardInterrupt").first().waitFor({ timeout: 30_000 });
  console.log(`interrupted in ${Date.now() - begun} ms`);
  await failed(page, 0);
  await editor(page, 1).click();
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 1).getByText("awake").waitFor();
  await close(watched);
});

test("a kernel that dies says why, and shows the cell that it ran", async () => {
  await putNotebook("dies.ipynb", ["kept = 1", ...Array.from({ length: 12 }, (_, at) => `# ${at}\n\n\n\n`), "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("dies.ipynb"));
  await page.getByRole("button", { name: "Run all", exact: true }).click({ timeout: 30_000 });
  const banner = page.locator(".nb-banner").filter({ hasText: "The session died and was started again" });
  await banner.getByText("was killed by signal 9").waitFor({ timeout: 60_000 });
  await page.locator(".jp-WindowedPanel-outer").evaluate((list) => list.scrollTo(0, 0));
  await picture(page, "died");
  await banner.getByRole("button", { name: "Show the cell it ran" }).click();
  await outputOf(page, 13).getByText("was killed by signal 9").first().waitFor();
  await page.locator('.jp-Notebook-cell[data-windowed-list-index="13"].jp-mod-active').waitFor();
  await watched.context.close();
  nothingWentWrong(watched);
});

test("restarting asks first, forgets variables, keeps outputs, and marks them as old", async () => {
  const watched = await at("again.ipynb", ["x = 7\nprint(x)", "print('x' in globals())"]);
  const { page } = watched;
  await page.keyboard.press("Control+F9");
  await outputOf(page, 1).getByText("True").waitFor({ timeout: 60_000 });
  await page.keyboard.press("Control+m");
  await page.keyboard.press(".");
  await page.getByRole("dialog", { name: "Restart the session?" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByRole("dialog").getByRole("button", { name: "Restart session" }).click();
  await cellAt(page, 0).locator(".al-run[data-stale=true]").waitFor({ timeout: 60_000 });
  assert.equal((await outputOf(page, 0).innerText()).trim(), "7");
  await editor(page, 1).click();
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 1).getByText("False").waitFor({ timeout: 60_000 });
  await close(watched);
});

test("output that runs on while the page is loaded anew is complete and nothing is doubled", async () => {
  const watched = await at("runs on.ipynb", ["import time\nfor i in range(120):\n    print('line', i, flush=True)\n    time.sleep(0.05)", "print('after')"]);
  const { page } = watched;
  const wanted = Array.from({ length: 120 }, (_, i) => `line ${i}`);
  await page.keyboard.press("Control+F9");
  for (const line of ["line 12", "line 60"]) {
    await outputOf(page, 0).getByText(line).waitFor({ timeout: 60_000 });
    await page.reload();
    await hasFocus(page);
  }
  await outputOf(page, 0).getByText("line 119").waitFor({ timeout: 60_000 });
  await done(page, 0);
  await outputOf(page, 1).getByText("after").waitFor();
  assert.deepEqual((await outputOf(page, 0).innerText()).trim().split("\n"), wanted);
  await saved(page);
  const [first] = await stored("runs on.ipynb");
  assert.deepEqual(first?.outputs?.flatMap(({ text }) => [text].flat()).join("").trim().split("\n"), wanted);
  await close(watched);
});
