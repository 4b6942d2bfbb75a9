// The page as a whole: notebooks from elsewhere kept whole, leaving for good, German, dark, a phone, what assistive tools meet, and its weight.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { call, cellAt, launch, nothingWentWrong, open, openSignedIn, outputOf, password, phone, picture, putNotebook, url, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const address = (query = ""): string => new URL(query, url).href;
const notebookAddress = (path: string): string => address(`notebooks/${encodeURI(path)}`);
const editor = (page: Page, at: number): Locator => cellAt(page, at).locator(".cm-content");
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

// The whole page, looked at in one language, one look, one size.

const catalogue = (language: string): Record<string, string> =>
  Object.assign({}, ...["common", "home", "notebook", "outputs", "jupyterlab"].map((name) => JSON.parse(readFileSync(`web/locales/${language}/${name}.json`, "utf8")) as object));

const lookedAt: Cell[] = [{ text: "# Sheep\n\nThree *white* ones." }, "print('baa')", "1 / 0"];

async function putLookedAt(): Promise<void> {
  for (const folder of ["looked", "looked/empty", "looked/full", "looked/full/barn"]) await putFolder(folder);
  await putNotebook("looked/full/sheep.ipynb", lookedAt);
  await call("PUT", "api/contents/looked/full/notes.txt", { type: "file", format: "text", content: "some notes" });
}

// Leads through everything a person may open, from sign-in to the palette, and calls `look` wherever there is something to see.
async function walk(watched: Watched, language: "en" | "de", look: (place: string) => Promise<void>): Promise<void> {
  const { page } = watched;
  const words = catalogue(language);
  const say = (key: string, values: Record<string, string> = {}) => (words[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
  const named = (role: "button" | "menuitem" | "dialog", key: string) => page.getByRole(role, { name: say(key), exact: true });
  const isNarrow = page.viewportSize()!.width < 760;
  await putLookedAt();
  await page.goto(address("login"));
  await page.getByLabel(say("signIn.name")).waitFor();
  await look("sign-in");
  await page.getByLabel(say("signIn.name")).fill("ada");
  await page.getByLabel(say("signIn.password")).fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: say("place.files") }).waitFor();
  await page.goto(address("?folder=looked/empty"));
  await page.getByRole("heading", { name: say("empty.folder") }).waitFor();
  await look("home-empty");
  await page.goto(address("?folder=looked/full"));
  await fileRow(page, "sheep.ipynb").waitFor();
  await look("home");
  await named("button", "new").click();
  await page.getByRole("menu").waitFor();
  await look("home-new");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: say("grid.more", { name: "notes.txt" }) }).click();
  await page.getByRole("menu").waitFor();
  await look("home-menu");
  await named("menuitem", "menu.move").click();
  await page.getByRole("dialog").waitFor();
  await look("home-move");
  await page.keyboard.press("Escape");
  await page.goto(address("?view=account"));
  await named("button", "tokens.new").click();
  await page.getByRole("dialog").waitFor();
  await look("account");
  await page.goto(notebookAddress("looked/full/sheep.ipynb"));
  await hasFocus(page);
  await page.waitForFunction(() => performance.getEntriesByName("notebook-ready").length > 0);
  await look("notebook-new");
  await page.keyboard.press("Control+F9");
  await cellAt(page, 2).locator(".al-run[data-run=error]").waitFor({ timeout: 60_000 });
  await page.getByText(say("save.saved")).or(page.locator(".nb-save")).first().waitFor();
  await look("notebook");
  if (isNarrow) {
    await named("button", "menus").click();
    await page.getByRole("menu").waitFor();
    await look("notebook-menus");
    await page.keyboard.press("Escape");
  } else
    for (const menu of ["file", "edit", "view", "insert", "runtime", "tools", "help"]) {
      await page.locator(`[data-menu=${menu}]`).click();
      await page.getByRole("menu").waitFor();
      await look(`notebook-menu-${menu}`);
      await page.keyboard.press("Escape");
    }
  await (isNarrow ? page.locator(".nb-connect-button") : named("button", "connect.more")).click();
  await page.getByRole("dialog", { name: say("runtime.title") }).waitFor();
  await look("notebook-runtime");
  await page.keyboard.press("Escape");
  await editor(page, 1).click();
  await page.keyboard.press("Control+h");
  await page.locator(".jp-DocumentSearch-overlay").waitFor();
  await look("notebook-find");
  await page.keyboard.press("Escape");
  for (const panel of ["contents", "files"]) {
    await page.locator(".nb-rail-button").nth(panel === "contents" ? 0 : 2).click();
    await page.locator(".nb-side").waitFor();
    await look(`notebook-${panel}`);
    await page.locator(".nb-side header button").click();
  }
  await editor(page, 1).click();
  for (const command of ["shortcuts", "settings", "about", "end-runtime"]) {
    await page.keyboard.press("Control+Shift+p");
    await page.getByRole("combobox").fill(say(`command.${command}`));
    if (command === "shortcuts") await look("notebook-palette");
    await page.keyboard.press("Enter");
    await page.locator("dialog.al-modal").waitFor();
    await look(`notebook-${command}`);
    await page.keyboard.press("Escape");
  }
}

// Each walk says what it found as "place: fault", and keeps pictures of three places.
async function foundOnWalk(options: BrowserContextOptions, name: string, language: "en" | "de", find: (page: Page) => Promise<string[]>): Promise<string[]> {
  const watched = await open(browser, options);
  const found: string[] = [];
  await walk(watched, language, async (place) => {
    for (const fault of await find(watched.page)) found.push(`${place}: ${fault}`);
    await picture(watched.page, `page-${name}-${place}`);
  });
  await close(watched);
  return [...new Set(found)];
}

const overhang = (page: Page): Promise<string[]> =>
  page.evaluate(() => (document.documentElement.scrollWidth > innerWidth ? [`${document.documentElement.scrollWidth - innerWidth} px stick out`] : []));

test("light: assistive tools meet nothing serious from sign-in to the palette", async () => {
  assert.deepEqual(await foundOnWalk({}, "light", "en", seriousFaults), []);
});

test("dark, as the system wishes: the page is dark and everything on it readable", async () => {
  const find = async (page: Page) => [
    ...(await seriousFaults(page, ["color-contrast", "link-in-text-block"])),
    ...(await page.evaluate(() => (document.documentElement.dataset["theme"] === "dark" ? [] : ["not dark"]))),
  ];
  assert.deepEqual(await foundOnWalk({ colorScheme: "dark" }, "dark", "en", find), []);
});

test("on a phone: nothing sticks out, assistive tools meet nothing serious, targets are large enough", async () => {
  const find = async (page: Page) => [...(await seriousFaults(page)), ...(await seriousFaults(page, ["target-size"])), ...(await overhang(page))];
  assert.deepEqual(await foundOnWalk(phone, "phone", "en", find), []);
});

// What stands on the page and is said about it, without what people and their programs wrote.
function visibleWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const written = ".cm-content, .cm-scroller, .jp-OutputArea, .jp-RenderedMarkdown, .file-name, .nb-name-field, .nb-name, [lang]:not(html), code";
    const found = new Set<string>([document.title]);
    for (const element of document.querySelectorAll("body *")) {
      if (element.closest("script, style, svg") || element.closest(written) || !element.checkVisibility({ visibilityProperty: true })) continue;
      for (const name of ["title", "aria-label", "placeholder", "alt", "data-word"]) if (element.getAttribute(name)) found.add(element.getAttribute(name)!);
      for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) found.add(child.textContent ?? "");
    }
    return [...found].flatMap((each) => each.split(" · ")).map((each) => each.replace(/\s+/g, " ").trim()).filter((each) => /\p{L}/u.test(each));
  });
}

test("German: every word on the page is German, from sign-in to the palette", async () => {
  const scopes = Object.entries(catalogue("de")).filter(([key]) => key.startsWith("scope.")).map(([, sentence]) => sentence).join("|");
  const sentences = Object.values(catalogue("de")).filter((each) => /\p{L}/u.test(each.replace(/\{\{\w+\}\}|%1/g, "")));
  const patterns = sentences.map((each) => new RegExp(`^${each.split(/\{\{\w+\}\}|%1/).map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`.replace(/ /g, "\\s")));
  const keys = /^((Strg|Umschalt|Alt|Eingabe|Leertaste|Esc|Entf|Pos1|Ende|Tab|Rücktaste|[A-Z0-9]|F\d+|[↑↓←→.,/\-+[\]]|oder|dann)[+\s]*)+$/;
  const ours = [new RegExp(`^(${scopes})(, (${scopes}))*$`), /^(ada|Ada|A|Allmende.*|Python 3.*|sheep(\.ipynb)?|notes\.txt|barn|looked|full|empty|tests)$/, /^(sheep|full|empty|looked|notes).* – Allmende$/, /^(Sheep|text|Ctrl\+…)$/];
  const amounts = /^(vor |in )?([\d.,:\s–-]+(\s?(B|KiB|MiB|GiB|Sek\.|Min\.|Std\.|Sekunden?|Minuten?|Stunden?|Uhr|%))*)+$|^(heute|gestern|jetzt|gerade eben).*$|^\d{1,2}\. \p{L}{3,4}\.?(: [\d.,]+)?$/u;
  const find = async (page: Page) => {
    const unknown = (await visibleWords(page)).filter((each) => {
      const plain = each.replace(/ \(([^()]+)\)$/, (all, inside: string) => (keys.test(inside) ? "" : all));
      const parts = plain.replace(/^(\[\S+\]|\+) /, "").split(/(?<=[a-zäöü.]{2}\.) (?=[A-ZÄÖÜ])|(?<=t)\. | – /);
      if (patterns.some((pattern) => pattern.test(plain))) return false;
      return !parts.every((part) => [keys, amounts, ...ours, ...patterns].some((pattern) => pattern.test(part) || pattern.test(part.replace(/\.$/, ""))));
    });
    return [...unknown, ...(await overhang(page))];
  };
  assert.deepEqual(await foundOnWalk({ locale: "de-DE" }, "german", "de", find), []);
});

test("language and look chosen in the notebook's settings hold for the whole page and stay", async () => {
  const watched = await at("chosen.ipynb", ["1"], { colorScheme: "light" });
  const { page } = watched;
  const isDark = () => page.evaluate(() => document.documentElement.dataset["theme"] === "dark");
  assert.equal(await isDark(), false);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark"); // follows the system while it is open
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("[data-menu=tools]").click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  const kept = () => page.waitForResponse((reply) => reply.request().method() === "PATCH" && reply.ok());
  await Promise.all([kept(), page.getByLabel("Dark", { exact: true }).check()]);
  await Promise.all([kept(), page.getByLabel("Deutsch").check()]);
  await page.getByRole("button", { name: "Load anew" }).click();
  await page.locator("[data-menu=file]").getByText("Datei").waitFor();
  await hasFocus(page);
  assert.equal(await isDark(), true);
  const elsewhere = await openSignedIn(browser);
  await elsewhere.page.goto(address());
  await elsewhere.page.getByRole("heading", { name: "Alle Dateien" }).waitFor();
  assert.equal(await elsewhere.page.evaluate(() => document.documentElement.dataset["theme"]), "dark", "in another browser too");
  await call("PATCH", "api/account", { locale: "", theme: "" });
  await elsewhere.context.close();
  nothingWentWrong(elsewhere);
  await close(watched);
});

test("on a phone a cell is added, written and run by touch alone, and its picture fits", async () => {
  const watched = await at("by touch.ipynb", ["import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()"], phone);
  const { page } = watched;
  await page.getByRole("toolbar").getByRole("button", { name: "Code", exact: true }).tap();
  await cellAt(page, 1).locator(".cm-content").tap();
  await page.keyboard.type("print('by touch')");
  await cellAt(page, 1).locator(".al-run button").tap();
  await outputOf(page, 1).getByText("by touch", { exact: true }).waitFor({ timeout: 60_000 });
  await cellAt(page, 0).locator(".cm-content").tap();
  await cellAt(page, 0).locator(".al-run button").tap();
  const drawn = outputOf(page, 0).locator("img");
  await drawn.waitFor({ timeout: 60_000 });
  const box = (await drawn.boundingBox())!;
  assert.ok(box.x >= 0 && box.x + box.width <= 390, `the picture reaches from ${box.x} to ${box.x + box.width}`);
  assert.deepEqual(await overhang(page), []);
  await close(watched);
});

// Weight and time.

function bytesInGzip(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(address, { headers: { "Accept-Encoding": "gzip" } }, (reply) => {
      let bytes = 0;
      assert.equal(reply.statusCode, 200, address);
      reply.on("data", (piece: Buffer) => (bytes += piece.length));
      reply.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
}

test("the notebook page needs at most 950 kB of script and 60 requests, in a browser that has never seen it", async () => {
  await putNotebook("light.ipynb", ["1 + 1", { text: "# Words" }]);
  const watched = await openSignedIn(browser);
  const cookies = await watched.context.storageState();
  await close(watched);
  const fresh = await open(browser, { storageState: cookies });
  const asked: { address: string; kind: string }[] = [];
  fresh.page.on("request", (request) => asked.push({ address: request.url(), kind: request.resourceType() }));
  await fresh.page.goto(notebookAddress("light.ipynb"));
  await fresh.page.waitForFunction(() => performance.getEntriesByName("notebook-ready").length > 0);
  await fresh.page.waitForLoadState("networkidle");
  const scripts = [...new Set(asked.filter(({ kind, address }) => kind === "script" || new URL(address).pathname.endsWith(".js")).map((each) => each.address))];
  const sizes = await Promise.all(scripts.map(bytesInGzip));
  const whole = sizes.reduce((sum, each) => sum + each, 0);
  console.log(`notebook page: ${asked.length} requests, ${scripts.length} scripts, ${Math.round(whole / 1000)} kB gzip`);
  const heaviest = scripts.map((each, i) => `${sizes[i]} ${new URL(each).pathname}`).sort((a, b) => parseInt(b) - parseInt(a));
  assert.ok(whole > 100_000, "the scripts were counted");
  assert.ok(whole <= 950_000, `${whole} bytes of script:\n${heaviest.join("\n")}`);
  assert.ok(asked.length <= 60, `${asked.length} requests:\n${asked.map((each) => `${each.kind} ${each.address}`).join("\n")}`);
  await close(fresh);
});

// Cells as people have them: text, code, printed lines, a table, a picture.
function usualCells(count: number): object[] {
  const table = `<table>${Array.from({ length: 8 }, (_, i) => `<tr><td>${i}</td><td>sheep</td></tr>`).join("")}</table>`;
  const kinds = [
    (id: string, i: number) => ({ id, cell_type: "markdown", metadata: {}, source: `## Part ${i}\n\nSome *words* about $x_{${i}}$ and what follows from them.` }),
    (id: string, i: number) => ({ id, cell_type: "code", metadata: {}, execution_count: i, source: `total = 0\nfor n in range(${i}):\n    total += n\nprint(total)`, outputs: [{ output_type: "stream", name: "stdout", text: `${i}\n`.repeat(6) }] }),
    (id: string, i: number) => ({ id, cell_type: "code", metadata: {}, execution_count: i, source: "frame", outputs: [{ output_type: "execute_result", execution_count: i, metadata: {}, data: { "text/html": table, "text/plain": "a table" } }] }),
    (id: string, i: number) => ({ id, cell_type: "code", metadata: {}, execution_count: i, source: "figure", outputs: [{ output_type: "display_data", metadata: { "image/png": { width: 400, height: 240 } }, data: { "image/png": pixel, "text/plain": "a figure" } }] }),
  ];
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!(`cell-${i}`, i));
}

async function putUsual(path: string, count: number): Promise<void> {
  const content = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } }, cells: usualCells(count) };
  assert.ok((await call("PUT", `api/contents/${path}`, { type: "notebook", format: "json", content })).ok, path);
}

// Milliseconds from asking for the page to its first drawn cell, in a browser that has never seen it.
async function timeToFirstCell(path: string, storageState: NonNullable<BrowserContextOptions["storageState"]>): Promise<number> {
  const watched = await open(browser, { storageState });
  await watched.page.addInitScript(() => {
    const look = () => {
      const drawn = [...document.querySelectorAll(".jp-Notebook-cell .cm-line, .jp-Notebook-cell .jp-RenderedMarkdown > *")];
      if (drawn.some((each) => each.getBoundingClientRect().height > 0)) performance.mark("first-cell");
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await watched.page.goto(notebookAddress(path));
  await watched.page.waitForFunction(() => performance.getEntriesByName("first-cell").length > 0);
  const time = await watched.page.evaluate(() => performance.getEntriesByName("first-cell")[0]!.startTime);
  await watched.context.close();
  nothingWentWrong(watched);
  return time;
}

test("a notebook of 10 cells and one of 500 open, and the long one scrolls through to its last cell", async () => {
  await putUsual("ten.ipynb", 10);
  await putUsual("five hundred.ipynb", 500);
  const watched = await openSignedIn(browser);
  const { page, context } = watched;
  const state = await context.storageState();
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  for (const path of ["ten.ipynb", "five hundred.ipynb"]) {
    const times = [await timeToFirstCell(path, state), await timeToFirstCell(path, state), await timeToFirstCell(path, state)].sort((a, b) => a - b);
    console.log(`first cell of ${path}: ${Math.round(times[1]!)} ms (median of ${times.map(Math.round).join(", ")}; load ${load})`);
  }
  await page.goto(notebookAddress("five hundred.ipynb"));
  await hasFocus(page);
  const frames = await page.evaluate(async () => {
    const panel = document.querySelector(".jp-WindowedPanel-outer")!;
    const times: number[] = [];
    let before = performance.now();
    for (let steps = 0; steps < 400 && panel.scrollTop + panel.clientHeight < panel.scrollHeight - 1; ++steps) {
      panel.scrollTop += 400;
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - before);
      before = performance.now();
    }
    return times.sort((a, b) => a - b);
  });
  await cellAt(page, 499).waitFor();
  const share = (part: number) => Math.round(frames[Math.floor(frames.length * part)] ?? 0);
  console.log(`scrolling through 500 cells: ${frames.length} frames, p50 ${share(0.5)} ms, p95 ${share(0.95)} ms, longest ${share(0.999)} ms (load ${load})`);
  await close(watched);
});
