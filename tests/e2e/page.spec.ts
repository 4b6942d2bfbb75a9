// The page as a whole: notebooks from elsewhere kept whole, leaving for good, German, dark, a phone, what assistive tools meet, and its weight.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { call, launch, nothingWentWrong, open, openSignedIn, password, phone, picture, putNotebook, url, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const address = (query = ""): string => new URL(query, url).href;
const notebookAddress = (path: string): string => address(`notebooks/${encodeURI(path)}`);
const cellAt = (page: Page, at: number): Locator => page.locator(`.jp-Notebook-cell[data-windowed-list-index="${at}"]`);
const editor = (page: Page, at: number): Locator => cellAt(page, at).locator(".cm-content");
const outputOf = (page: Page, at: number): Locator => cellAt(page, at).locator(".jp-Cell-outputWrapper .jp-OutputArea");
const fileRow = (page: Page, name: string): Locator => page.locator(".grid-body [role=row]").filter({ has: page.getByRole("link", { name, exact: true }) });

async function hasFocus(page: Page): Promise<void> {
  await page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
}

async function putFolder(path: string): Promise<void> {
  assert.ok((await call("PUT", `api/contents/${encodeURI(path)}`, { type: "directory" })).ok, path);
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

// Notebooks from elsewhere.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, Json>;
  cells: Record<string, Json>[];
}

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

// What notebooks of Colab, Kaggle and older Jupyters carry along, and some that nobody has heard of.
function fromElsewhere(minor: 2 | 5): Notebook {
  const id = (name: string) => (minor === 5 ? { id: name } : {});
  return {
    nbformat: 4,
    nbformat_minor: minor,
    metadata: {
      colab: { name: "Elsewhere.ipynb", provenance: [{ file_id: "1a2b", timestamp: 1700000000000 }], collapsed_sections: ["x"], gpuType: "T4", include_colab_link: true },
      kaggle: { accelerator: "gpu", dataSources: [{ sourceId: 17, sourceType: "competition" }], isInternetEnabled: true },
      accelerator: "GPU",
      kernelspec: { name: "python3", display_name: "Python 3", language: "python", env: { DEEP: "thought" } },
      language_info: { name: "python", version: "3.10.12", codemirror_mode: { name: "ipython", version: 3 } },
      widgets: { "application/vnd.jupyter.widget-state+json": { state: {}, version_major: 2, version_minor: 0 } },
      toc: { base_numbering: 1, nav_menu: {} },
      "of nobody": { nested: [1, [2, { three: null }]], empty: {}, list: [], "": "no name" },
    },
    cells: [
      {
        ...id("text-1"), cell_type: "markdown", source: ["# Elsewhere\n", "\n", "![dot](attachment:dot.png) of *text*, and ![nothing](attachment:gone.png)"], attachments: { "dot.png": { "image/png": pixel } },
        metadata: { id: "oldStyleId", colab: { base_uri: "https://localhost:8080/" }, tags: ["keep", "me"], "of nobody": [null] },
      },
      {
        ...id("plot-2"), cell_type: "code", execution_count: 7, source: ["import this\n", "print('edit me')"],
        metadata: { id: "aBc", colab: { base_uri: "https://localhost:8080/", height: 34 }, outputId: "31a4", executionInfo: { status: "ok", user: { displayName: "Someone", userId: "0" } }, scrolled: true, trusted: true, tags: [], _kg_hide_input: true, execution: { iopub: 1.5 } },
        outputs: [
          { output_type: "stream", name: "stdout", text: ["printed elsewhere\n", "twice\n"] },
          { output_type: "stream", name: "stderr", text: "warned elsewhere" },
          { output_type: "display_data", metadata: { "image/png": { width: 40, height: 40 }, needs_background: "light" }, data: { "image/png": pixel, "text/plain": ["<Figure size 1x1>"] } },
          { output_type: "execute_result", execution_count: 7, metadata: { "of nobody": 1 }, data: { "text/html": ["<table><tr><td>from a table</td></tr></table>"], "application/x-of-nobody+json": { deep: [1, { two: "2" }] }, "text/plain": "a table" } },
        ],
      },
      {
        ...id("error-3"), cell_type: "code", execution_count: 8, source: "1 / 0", metadata: { collapsed: false, jupyter: { source_hidden: false }, slideshow: { slide_type: "slide" } },
        outputs: [{ output_type: "error", ename: "ZeroDivisionError", evalue: "division by zero", traceback: ["\u001b[0;31mZeroDivisionError\u001b[0m: division by zero"] }],
      },
      { ...id("raw-4"), cell_type: "raw", source: "raw *and* left alone", metadata: { format: "text/restructuredtext", raw_mimetype: "text/x-rst", "of nobody": true }, attachments: { "raw.txt": { "text/plain": "attached" } } },
      { ...id("empty-5"), cell_type: "code", execution_count: null, source: [], metadata: {}, outputs: [] },
    ],
  };
}

// Lists of lines and one string say the same; ids and the format's minor number may be added to what had none.
function said(notebook: Notebook, minor: 2 | 5): Json {
  const joined = (value: Json): Json => {
    if (Array.isArray(value)) return value.every((each) => typeof each === "string") && value.length > 0 ? value.join("") : value.map(joined);
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, joined(each)]));
    return value;
  };
  const cells = notebook.cells.map((cell) => {
    const { id, ...rest } = cell;
    return { ...(minor === 5 ? { id } : {}), ...rest, source: Array.isArray(cell["source"]) ? cell["source"].join("") : cell["source"] };
  });
  return joined({ ...(minor === 5 ? { nbformat_minor: notebook.nbformat_minor } : {}), nbformat: notebook.nbformat, metadata: notebook.metadata, cells } as unknown as Json);
}

async function storedNotebook(path: string): Promise<Notebook> {
  const reply = await call("GET", `files/${encodeURI(path)}`);
  assert.ok(reply.ok, `${path} is there`);
  return (await reply.json()) as Notebook;
}

// Waits until the file's cell says this.
async function isStored(path: string, cell: number, words: string): Promise<void> {
  const source = async () => [(await storedNotebook(path)).cells[cell]!["source"]].flat().join("");
  for (const deadline = Date.now() + 20_000; !(await source()).includes(words);) assert.ok(Date.now() < deadline, `cell ${cell} of ${path} is stored with ${words}`);
}

// Opens the uploaded notebook from its row, sees its outputs, changes one cell, and compares what is stored then with what came.
async function editsOneCellOnly(watched: Watched, path: string, came: Notebook, minor: 2 | 5): Promise<void> {
  const { page } = watched;
  await fileRow(page, path.split("/").at(-1)!).getByRole("link").click();
  await hasFocus(page);
  await outputOf(page, 1).getByText("printed elsewhere").waitFor();
  await outputOf(page, 1).getByText("warned elsewhere").waitFor();
  await outputOf(page, 1).getByRole("cell", { name: "from a table" }).waitFor();
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".jp-OutputArea img[src^='data:image/png']")?.naturalWidth === 1);
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".jp-MarkdownCell img")?.naturalWidth === 1);
  await outputOf(page, 2).getByText("ZeroDivisionError").first().waitFor();
  await editor(page, 1).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("  # edited");
  await page.getByText("All changes saved").waitFor();
  const wanted = structuredClone(came);
  wanted.cells[1]!["source"] = "import this\nprint('edit me')  # edited";
  // Jupyter has two spellings for a folded output and writes both where it finds one.
  wanted.cells[2]!["metadata"] = { collapsed: false, jupyter: { source_hidden: false, outputs_hidden: false }, slideshow: { slide_type: "slide" } };
  await isStored(path, 1, "# edited");
  assert.deepEqual(said(await storedNotebook(path), minor), said(wanted, minor));
}

test("a notebook from elsewhere, uploaded with the button: its outputs are seen, and an edited cell changes nothing else in the file", async () => {
  await putFolder("by button");
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address("?folder=by%20button"));
  await page.getByRole("heading", { name: "This folder is empty" }).waitFor();
  await page.getByRole("button", { name: "New", exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: "Upload files" }).click()]);
  const came = fromElsewhere(5);
  await chooser.setFiles([{ name: "of 2024.ipynb", mimeType: "application/octet-stream", buffer: Buffer.from(JSON.stringify(came, null, 1)) }]);
  await editsOneCellOnly(watched, "by button/of 2024.ipynb", came, 5);
  await close(watched);
});

async function drop(page: Page, name: string, content: string): Promise<void> {
  const transfer = await page.evaluateHandle(([called, text]) => {
    const made = new DataTransfer();
    made.items.add(new File([text!], called!));
    return made;
  }, [name, content]);
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}

test("an older notebook, dragged onto the page, is kept whole too; one of format 3 is kept as it is, with words about it", async () => {
  await putFolder("by drag");
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address("?folder=by%20drag"));
  await page.getByRole("heading", { name: "This folder is empty" }).waitFor();
  const third = JSON.stringify({ nbformat: 3, nbformat_minor: 0, metadata: { name: "" }, worksheets: [{ cells: [{ cell_type: "code", language: "python", input: "1", outputs: [], prompt_number: 1 }] }] });
  await drop(page, "of 2013.ipynb", third);
  await page.getByText(/written in the old format 3; convert it first/).waitFor();
  assert.deepEqual(await (await call("GET", "files/by drag/of 2013.ipynb")).text(), third);
  const came = fromElsewhere(2);
  await drop(page, "of 2018.ipynb", JSON.stringify(came));
  await editsOneCellOnly(watched, "by drag/of 2018.ipynb", came, 2);
  await page.goto(notebookAddress("by drag/of 2013.ipynb"));
  await page.getByRole("heading", { name: "“of 2013.ipynb” is of an old kind" }).waitFor();
  await page.getByText("jupyter nbconvert --to notebook").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await close(watched);
});

// Leaving for good.

async function signOut(page: Page): Promise<void> {
  await page.locator(".avatar, .nb-avatar").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
}

test("after signing out neither Back nor a second Back shows what was there, in a browser that keeps left pages", async () => {
  await putFolder("private");
  await putNotebook("private/diary.ipynb", ["print('Dear diary')"]);
  const keeping = await launch({ keepsLeftPages: true });
  const watched = await openSignedIn(keeping);
  const { page } = watched;
  await page.goto(notebookAddress("private/diary.ipynb"));
  await hasFocus(page);
  await page.goto(address("?folder=private"));
  await fileRow(page, "diary.ipynb").waitFor();
  await page.evaluate(() => Reflect.set(window, "isThePageThatWasLeft", true));
  await signOut(page);
  for (const left of ["home", "the notebook"]) {
    await page.evaluate(() => void setTimeout(() => history.back()));
    await page.getByRole("heading", { name: "Sign in" }).or(page.getByText("You are signed out").first()).waitFor();
    assert.equal(/diary/i.test(await page.locator("body").innerText()), false, `nothing of ${left} is readable`);
    if (left === "home") assert.equal(await page.evaluate(() => Reflect.has(window, "isThePageThatWasLeft")), false);
  }
  await watched.context.close();
  await keeping.close();
  nothingWentWrong(watched);
});

test("a second tab learns at once that its account was signed out, loses no word, and saves after signing in again", async () => {
  const watched = await at("here.ipynb", ["'here'"]);
  const { page, context } = watched;
  const [other, files] = [await context.newPage(), await context.newPage()];
  await putNotebook("there.ipynb", ["'there'"]);
  await other.goto(notebookAddress("there.ipynb"));
  await hasFocus(other);
  await files.goto(address());
  await fileRow(files, "there.ipynb").waitFor();
  await page.bringToFront();
  await signOut(page);
  await files.getByText("You are signed out. What you see may be old.").waitFor();
  await other.bringToFront();
  const notice = other.getByText("You are signed out, so nothing can be saved. What you write stays on this page.");
  await notice.waitFor();
  await hasFocus(other);
  await other.keyboard.press("Enter");
  await other.keyboard.press("Control+End");
  await other.keyboard.type(" # written after");
  await other.getByText("Not saved; a copy is kept in this browser").waitFor();
  await notice.waitFor();
  await other.keyboard.press("Control+Enter");
  await other.getByText(/^No session could be started: /).first().waitFor();
  assert.deepEqual(await seriousFaults(other), []);
  await picture(other, "page-signed-out");
  other.on("dialog", (dialog) => void dialog.accept());
  await other.reload();
  await other.getByText("Sign in to see the page you asked for.").waitFor();
  assert.equal((await other.locator("body").innerText()).includes("written after"), false);
  await signIn(other);
  await editor(other, 0).getByText("'there' # written after").waitFor({ timeout: 30_000 });
  await other.getByText("All changes saved").waitFor();
  await isStored("there.ipynb", 0, "'there' # written after");
  await close(watched);
});
