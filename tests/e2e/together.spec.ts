// One notebook on several pages: what is written, run and moved on one is there on the others, and nothing is lost while the server is away.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, password, picture, putNotebook, signIn, until, url, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";
import { slowLine } from "./slow-line.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const editor = (page: Page, at: number): Locator => cellAt(page, at).locator(".cm-content");
const done = (page: Page, at: number): Promise<void> => cellAt(page, at).locator(".al-run[data-run=done]").waitFor({ timeout: 60_000 });
const saved = (page: Page): Promise<void> => page.getByText("All changes saved").waitFor();
const running = (page: Page): Promise<void> => cellAt(page, 0).locator(".al-run[data-run=running]").waitFor({ timeout: 2000 });

async function hasFocus(page: Page): Promise<void> {
  await page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
}

// Ada's notebook of these cells on two pages of one browser.
async function onTwoPages(path: string, cells: Cell[]): Promise<Watched & { other: Page }> {
  await putNotebook(path, cells);
  const watched = await openSignedIn(browser);
  await watched.page.goto(notebookAddress(path));
  await hasFocus(watched.page);
  return { ...watched, other: await another(watched, path) };
}

async function another({ context, faults }: Watched, path: string): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  await page.goto(notebookAddress(path));
  await hasFocus(page);
  return page;
}

async function sourcesOf(path: string): Promise<string[]> {
  const { content } = (await (await call("GET", `api/contents/${encodeURI(path)}?type=notebook&content=1`)).json()) as { content: { cells: { source: string }[] } };
  return content.cells.map(({ source }) => source);
}

async function writeAtEnd(page: Page, at: number, text: string): Promise<void> {
  await page.bringToFront();
  await editor(page, at).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text);
}

async function close(watched: Watched): Promise<void> {
  await watched.context.close();
  for (const { id } of (await (await call("GET", "api/kernels")).json()) as { id: string }[]) await call("DELETE", `api/kernels/${id}`);
  nothingWentWrong(watched);
}

test("what is written on one page is on the other, in the same cell too, and Undo takes back one's own words alone", async () => {
  const watched = await onTwoPages("both.ipynb", ["a = 1", { text: "words" }]);
  const { page, other } = watched;
  await writeAtEnd(page, 0, " # here");
  await editor(other, 0).getByText("a = 1 # here").waitFor();
  await writeAtEnd(other, 0, " and there");
  await editor(page, 0).getByText("a = 1 # here and there").waitFor();
  await page.bringToFront();
  await editor(page, 0).click();
  await page.keyboard.press("Control+z");
  await editor(other, 0).getByText("a = 1 and there", { exact: true }).waitFor();
  await page.keyboard.press("Control+Shift+KeyZ");
  await editor(other, 0).getByText("a = 1 # here and there").waitFor();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await cellAt(other, 2).waitFor();
  await saved(page);
  assert.deepEqual(await sourcesOf("both.ipynb"), ["a = 1 and there", "", "words"]);
  await close(watched);
});

test("a cell that runs is seen running on another page, and on one that comes later, with what it has printed", async () => {
  const watched = await onTwoPages("long.ipynb", ["import time\nfor i in range(120):\n    print('sheep', i, flush=True)\n    time.sleep(0.1)", "print('after')"]);
  const { page, other } = watched;
  await page.bringToFront();
  await page.keyboard.press("Control+F9");
  await other.bringToFront();
  await outputOf(other, 0).getByText("sheep 2").waitFor({ timeout: 60_000 });
  await running(other);
  const late = await another(watched, "long.ipynb");
  await outputOf(late, 0).getByText("sheep 5").waitFor();
  await running(late);
  assert.equal(await cellAt(late, 1).locator(".al-run").getAttribute("data-run"), "queued");
  await page.close(); // nobody is needed who pressed the key
  for (const each of [other, late]) {
    await each.bringToFront();
    await done(each, 1);
    assert.deepEqual((await outputOf(each, 0).innerText()).trim().split("\n"), Array.from({ length: 120 }, (_, i) => `sheep ${i}`));
    await outputOf(each, 1).getByText("after").waitFor();
  }
  assert.equal((await sourcesOf("long.ipynb")).length, 2); // who joins while something prints adds no cell
  await close(watched);
});

test("a run is stopped from another page, and input() is asked on each and answered on any", async () => {
  const watched = await onTwoPages("asked.ipynb", ["print('hello', input('Who? '))", "import time\ntime.sleep(600)", "print('never')"]);
  const { page, other } = watched;
  await page.bringToFront();
  await editor(page, 0).click();
  await page.keyboard.press("Control+Enter");
  await cellAt(page, 0).locator("input.jp-Stdin-input").waitFor({ timeout: 60_000 });
  await other.bringToFront();
  await cellAt(other, 0).locator("input.jp-Stdin-input").fill("Ada");
  await cellAt(other, 0).locator("input.jp-Stdin-input").press("Enter");
  await outputOf(page, 0).getByText("hello Ada").waitFor();
  await cellAt(page, 0).locator("input.jp-Stdin-input").waitFor({ state: "detached" });
  await page.bringToFront();
  await page.keyboard.press("Control+F9");
  await cellAt(page, 0).locator("input.jp-Stdin-input").fill("Bob");
  await cellAt(page, 0).locator("input.jp-Stdin-input").press("Enter");
  await until(() => cellAt(page, 1).locator(".al-run").getAttribute("data-run"), (run) => run === "running", "the second cell runs");
  await other.bringToFront();
  await cellAt(other, 1).locator(".al-run button").click();
  await outputOf(other, 1).getByText("KeyboardInterrupt").first().waitFor();
  await until(() => cellAt(page, 2).locator(".al-run").getAttribute("data-run"), (run) => run === "idle", "the third cell does not run");
  await close(watched);
});

test("while the server is away one writes on, also across a reload of the other page, and all of it comes together", async () => {
  const watched = await onTwoPages("away.ipynb", ["first = 1", "second = 2"]);
  const { page, other, context } = watched;
  await context.setOffline(true);
  await writeAtEnd(page, 0, "  # of one");
  await writeAtEnd(other, 1, "  # of two");
  await page.bringToFront();
  await page.getByText("Not saved; a copy is kept in this browser").waitFor();
  await page.getByText(/^The server does not answer\. Go on writing: a copy of .* is kept in this browser\. Next try in/).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "together-away");
  assert.deepEqual(await sourcesOf("away.ipynb"), ["first = 1", "second = 2"]);
  await context.setOffline(false);
  for (const each of [page, other]) {
    await each.bringToFront();
    await saved(each);
    await editor(each, 0).getByText("first = 1  # of one").waitFor();
    await editor(each, 1).getByText("second = 2  # of two").waitFor();
  }
  await until(() => sourcesOf("away.ipynb"), (sources) => sources.join() === "first = 1  # of one,second = 2  # of two", "the server has both");
  await close(watched);
});

test("words that never reached the server come back after the page was closed, by themselves", async () => {
  await putNotebook("closed.ipynb", ["kept = 1"]);
  const watched = await openSignedIn(browser);
  const { page, context } = watched;
  await page.goto(notebookAddress("closed.ipynb"));
  await hasFocus(page);
  await context.setOffline(true);
  await writeAtEnd(page, 0, "  # offline");
  await page.getByText("Not saved; a copy is kept in this browser").waitFor();
  await page.close();
  await context.setOffline(false);
  assert.deepEqual(await sourcesOf("closed.ipynb"), ["kept = 1"]);
  const again = await another(watched, "closed.ipynb");
  await editor(again, 0).getByText("kept = 1  # offline").waitFor();
  await saved(again);
  assert.deepEqual(await sourcesOf("closed.ipynb"), ["kept = 1  # offline"]);
  await close(watched);
});

// Chance from a seed, so that a run can be repeated: the next whole number below `most`.
function chanceFrom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

test("a tab that is killed while one types and a cell runs loses nothing that was called saved, and nothing is there twice", async () => {
  const seed = Number(process.env["ALLMENDE_FAULT_SEED"] ?? Date.now() % 1_000_000);
  console.log(`ALLMENDE_FAULT_SEED=${seed}`);
  const chance = chanceFrom(seed);
  await putNotebook("killed.ipynb", ["import time\nfor i in range(900):\n    print(i)\n    time.sleep(0.01)", "# "]);
  const watched = await openSignedIn(browser);
  let { page } = watched;
  await page.goto(notebookAddress("killed.ipynb"));
  await hasFocus(page);
  await page.keyboard.press("Control+Enter");
  await running(page);
  const [acknowledged, all]: string[][] = [[], []];
  const write = async (words: number) => {
    const written = Array.from({ length: words }, (_, at) => `w${all.length + at};`);
    all.push(...written);
    await writeAtEnd(page, 1, written.join(""));
    return written;
  };
  for (let round = 0; round < 6; round += 1) {
    acknowledged.push(...(await write(1 + chance(5))));
    await saved(page);
    await write(chance(4));
    const gone = page.waitForEvent("crash");
    void watched.context.newCDPSession(page).then((session) => session.send("Page.crash"), () => undefined).catch(() => undefined);
    await gone;
    await page.close();
    page = await another(watched, "killed.ipynb");
  }
  await done(page, 0);
  await saved(page);
  const found = (await sourcesOf("killed.ipynb"))[1]?.match(/w\d+;/g) ?? [];
  assert.deepEqual(acknowledged.filter((word) => !found.includes(word)), []);
  assert.equal(new Set(found).size, found.length, found.join(""));
  assert.deepEqual(found.filter((word) => !all.includes(word)), []);
  assert.deepEqual((await outputOf(page, 0).innerText()).trim().split("\n"), Array.from({ length: 900 }, (_, i) => `${i}`));
  await close(watched);
});

test("a notebook that is renamed on one page has the new name on the other, and one that is deleted says so and can be saved again", async () => {
  const watched = await onTwoPages("before.ipynb", ["x = 1"]);
  const { page, other } = watched;
  await page.bringToFront();
  await page.getByRole("textbox", { name: "Name" }).fill("afterwards");
  await page.keyboard.press("Enter");
  await other.waitForURL("**/notebooks/afterwards.ipynb");
  await writeAtEnd(other, 0, "  # under a new name");
  await saved(other);
  assert.deepEqual(await sourcesOf("afterwards.ipynb"), ["x = 1  # under a new name"]);
  assert.ok((await call("DELETE", "api/contents/afterwards.ipynb")).ok);
  await other.getByText("This notebook is not on the server any more").waitFor();
  assert.deepEqual(await seriousFaults(other), []);
  await other.getByRole("button", { name: "Save it again here" }).click();
  await saved(other);
  assert.deepEqual(await sourcesOf("afterwards.ipynb"), ["x = 1  # under a new name"]);
  await close(watched);
});

test("what another program writes into the file comes onto the page, and where both wrote both versions stand there", async () => {
  await putNotebook("program.ipynb", ["x = 1", "y = 1"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("program.ipynb"));
  await hasFocus(page);
  const drives = join(process.env["ALLMENDE_DATA"]!, "drives");
  const [drive] = (await import("node:fs")).readdirSync(drives);
  const file = join(drives, drive!, "program.ipynb");
  const rewrite = (from: string, to: string) => writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  await until(async () => readFileSync(file, "utf8"), (text) => text.includes("y = 1"), "the file is there");
  rewrite("y = 1", "y = 2");
  await editor(page, 1).getByText("y = 2").waitFor();
  await writeAtEnd(page, 0, "0");
  rewrite("x = 1", "x = 'of a program'");
  await page.getByText("The file was changed by another program too. 1 cell was changed on both sides: both versions are there.").waitFor();
  await until(() => seriousFaults(page), (faults) => faults.length === 0, "assistive tools meet nothing serious, once the new cell is drawn");
  await page.getByRole("button", { name: "Show" }).click();
  await picture(page, "together-conflict");
  assert.deepEqual(await sourcesOf("program.ipynb"), ["x = 10", "x = 'of a program'", "y = 2"]);
  await close(watched);
});

test("one sees who else is there, where they write, and can go along with them", async () => {
  const watched = await onTwoPages("people.ipynb", ["first = 1", ...Array.from({ length: 40 }, (_, i) => ({ text: `Part ${i}` })), "last = 1"]);
  const { page, other } = watched;
  await page.bringToFront();
  await editor(page, 0).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Shift+ArrowLeft");
  const person = other.getByRole("list", { name: "Also here" }).getByRole("button", { name: "Go along with ada (you, on another page)" });
  await person.waitFor();
  await editor(other, 0).locator(".al-caret[data-name=ada]").waitFor({ state: "attached" });
  assert.equal(await editor(other, 0).locator(".al-selected").innerText(), "1");
  await other.locator(".jp-Cell.al-someone").first().waitFor();
  assert.deepEqual(await seriousFaults(other), []);
  await other.bringToFront();
  await editor(other, 0).hover();
  await picture(other, "together-people");
  await person.click();
  await page.bringToFront();
  await page.keyboard.press("Escape");
  for (let at = 0; at < 41; at++) await page.keyboard.press("ArrowDown");
  await until(() => cellAt(other, 41).evaluate((cell) => cell.getBoundingClientRect().top < innerHeight), (isSeen) => isSeen, "the other page has gone along");
  await page.close();
  await person.waitFor({ state: "detached" });
  await close(watched);
});

test("earlier versions are looked at, compared, and come back whole or cell by cell", async () => {
  await putNotebook("earlier.ipynb", ["first = 1", "second = 2", { text: "Words" }]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("earlier.ipynb"));
  await hasFocus(page);
  const document = ((await (await call("PUT", "api/collaboration/session/earlier.ipynb", { format: "json", type: "notebook" })).json()) as { fileId: string }).fileId;
  const kept = async () => ((await (await call("GET", `api/documents/${document}/revisions`)).json()) as { revisions: unknown[] }).revisions.length;
  await until(kept, (count) => count === 1, "it is kept as it was opened");
  await writeAtEnd(page, 0, "  # changed");
  await writeAtEnd(page, 1, "\nthird = 3");
  await saved(page);
  await page.locator("[data-menu=file]").click();
  await page.getByRole("menuitem", { name: "Earlier versions" }).click();
  const dialog = page.getByRole("dialog", { name: "Earlier versions" });
  await dialog.getByRole("textbox", { name: "Name this version" }).fill("two changes");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: /two changes/ }).waitFor();
  await dialog.getByText("2 cells differ").waitFor();
  await dialog.locator(".nb-line-added", { hasText: "first = 1  # changed" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "together-earlier");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
  await until(() => seriousFaults(page), (faults) => faults.length === 0, "in the dark assistive tools meet nothing serious");
  await picture(page, "together-earlier-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await picture(page, "together-earlier-narrow");
  assert.deepEqual(await seriousFaults(page), []);
  await page.setViewportSize({ width: 1360, height: 860 });
  await dialog.getByRole("button", { name: /When it was opened/ }).click();
  await dialog.getByRole("button", { name: "Beside now" }).click();
  await dialog.getByRole("article", { name: "Cell 2: edited" }).getByRole("button", { name: "Restore this cell" }).click();
  await until(() => sourcesOf("earlier.ipynb"), (sources) => sources[1] === "second = 2", "the second cell is as it was");
  await dialog.getByRole("button", { name: /When it was opened/ }).click();
  await dialog.getByRole("button", { name: "Restore this version" }).click();
  await dialog.waitFor({ state: "detached" });
  await editor(page, 0).getByText("first = 1", { exact: true }).waitFor();
  assert.deepEqual(await sourcesOf("earlier.ipynb"), ["first = 1", "second = 2", "Words"]);
  await close(watched);
});

test("on a slow line one writes and runs without waiting, and nothing comes out of order", async () => {
  const watched = await onTwoPages("slow.ipynb", ["word = ''", "print('over there')"]);
  const line = await slowLine(url, { delay: 250, bytesPerSecond: 250_000 });
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "en-GB" });
  const far = await context.newPage();
  await far.goto(new URL("login", line.url).href);
  assert.equal(await far.evaluate(signIn, password), 200);
  await far.goto(new URL("notebooks/slow.ipynb", line.url).href, { timeout: 60_000 });
  await far.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 60_000 });
  await editor(far, 0).click();
  await far.keyboard.press("Control+End");
  const words = " # one two three four five six seven eight nine ten";
  const begun = Date.now();
  await far.keyboard.type(words);
  assert.ok(Date.now() - begun < 5000, "typing does not wait for the line");
  await far.getByText("Saving…").waitFor();
  await writeAtEnd(watched.other, 1, "  # here");
  await editor(watched.page, 0).getByText(`word = ''${words}`, { exact: true }).waitFor();
  await editor(far, 1).getByText("print('over there')  # here", { exact: true }).waitFor();
  await far.getByText("All changes saved").waitFor();
  await editor(far, 1).click();
  await far.keyboard.press("Control+Enter");
  await outputOf(far, 1).getByText("over there").waitFor({ timeout: 60_000 });
  await outputOf(watched.page, 1).getByText("over there").waitFor();
  await context.close();
  line.close();
  assert.deepEqual(await sourcesOf("slow.ipynb"), [`word = ''${words}`, "print('over there')  # here"]);
  await close(watched);
});
