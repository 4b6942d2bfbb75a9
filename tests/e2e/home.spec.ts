// Home, as a person meets it: coming in, finding, making, changing, losing and getting back files; by mouse, by keyboard, on a phone, in German.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { call, launch, nothingWentWrong, open, openSignedIn, password, phone, picture, putNotebook, signInLink, url, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const address = (query = ""): string => new URL(query, url).href;
const row = (page: Page, name: string): Locator => page.locator(".grid-body [role=row]").filter({ has: page.getByRole("link", { name, exact: true }) });
const names = (page: Page): Promise<string[]> => page.locator(".grid-body .file-name").allInnerTexts();
const putText = async (path: string, content = path): Promise<void> => assert.ok((await call("PUT", `api/contents/${encodeURI(path)}`, { type: "file", format: "text", content })).ok, path);
const putFolder = async (path: string): Promise<void> => assert.ok((await call("PUT", `api/contents/${encodeURI(path)}`, { type: "directory" })).ok, path);
const textOf = async (path: string): Promise<string> => ((await (await call("GET", `api/contents/${encodeURI(path)}?type=file&format=text`)).json()) as { content: string }).content;
const exists = async (path: string): Promise<boolean> => (await call("GET", `api/contents/${encodeURI(path)}?content=0`)).ok;

// Ada's page at a folder that holds these files and nothing else.
async function at(folder: string, files: string[], options: BrowserContextOptions = {}): Promise<Watched> {
  await putFolder(folder);
  for (const file of files) await (file.endsWith("/") ? putFolder(`${folder}/${file.slice(0, -1)}`) : file.endsWith(".ipynb") ? putNotebook(`${folder}/${file}`, ["1 + 1"]) : putText(`${folder}/${file}`));
  const watched = await openSignedIn(browser, options);
  await watched.page.goto(address(`?folder=${encodeURIComponent(folder)}`));
  await watched.page.locator(files.length > 0 ? ".grid-body .file-name" : ".list-state").first().waitFor();
  return watched;
}

async function close(watched: Watched): Promise<void> {
  nothingWentWrong(watched);
  await watched.context.close();
}

async function choose(page: Page, entry: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${entry}`, exact: true }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function upload(page: Page, files: { name: string; content: Buffer | string }[]): Promise<void> {
  await page.getByRole("button", { name: "New", exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: "Upload files" }).click()]);
  await chooser.setFiles(files.map(({ name, content }) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) })));
}

test("a one-time link signs in, leaves the address, and a password set then brings one back", async () => {
  const watched = await open(browser);
  const { page } = watched;
  await page.goto(signInLink);
  await page.getByRole("heading", { name: "Set a password" }).waitFor();
  assert.equal(new URL(page.url()).search, "");
  assert.deepEqual(await seriousFaults(page), []);
  const name = /as (\S+)\./.exec(await page.locator(".sign-in-lead").innerText())?.[1] ?? "";
  await page.getByLabel("New password").fill("short");
  await page.keyboard.press("Enter");
  await page.getByText("At least 8 characters").waitFor();
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("The same again").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "All files" }).waitFor();
  await page.locator(".avatar").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "All files" }).waitFor();
  await close(watched);
});

test("a used link says so, and how to get a new one", async () => {
  const watched = await open(browser);
  await watched.page.goto(signInLink);
  await watched.page.getByText("allmende link", { exact: true }).waitFor();
  await watched.page.getByRole("button", { name: "Sign in with a password" }).click();
  await watched.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await close(watched);
});

test("a wrong password is said plainly, and the right one leads to the page that was asked for", async () => {
  await putFolder("asked for");
  const watched = await open(browser);
  const { page } = watched;
  await page.goto(address("?folder=asked%20for"));
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("not it");
  await page.keyboard.press("Enter");
  await page.getByText("The name or the password is wrong.").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "asked for" }).waitFor();
  await page.goto(address(`login?next=${encodeURIComponent("//evil.example/")}`));
  await page.waitForURL(address());
  await page.goto(address(`login?next=${encodeURIComponent("/?view=trash")}`));
  await page.getByRole("heading", { name: "Trash", exact: true }).waitFor();
  await close(watched);
});

test("an empty folder says what can be there, and a new notebook opens", async () => {
  const watched = await at("fresh", []);
  const { page } = watched;
  await page.getByRole("heading", { name: "This folder is empty" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByRole("main").getByRole("button", { name: "New notebook" }).click();
  await page.waitForURL("**/notebooks/fresh/Untitled.ipynb");
  await watched.context.close(); // what the notebook page does is another test's
});

test("a new folder is named at once, opened with Enter, and left by the breadcrumb", async () => {
  const watched = await at("tree", ["a.txt"]);
  const { page } = watched;
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "New folder" }).click();
  await page.getByLabel("New name for Untitled Folder").fill("a.txt");
  await page.getByText("There is something with this name already.").waitFor();
  await page.getByLabel("New name for Untitled Folder").fill("Grüne Wiese");
  await page.keyboard.press("Enter");
  await row(page, "Grüne Wiese").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Grüne Wiese" }).waitFor();
  await page.getByRole("navigation", { name: "Folders above" }).getByRole("link", { name: "tree" }).click();
  await row(page, "a.txt").waitFor();
  assert.equal(await exists("tree/Grüne Wiese"), true);
  await page.goBack();
  await page.getByRole("heading", { name: "Grüne Wiese" }).waitFor();
  await close(watched);
});

test("a file is duplicated, renamed with F2, moved into a folder and back with Undo", async () => {
  const watched = await at("moving", ["goal/", "sheep.ipynb"]);
  const { page } = watched;
  await choose(page, "sheep.ipynb", "Duplicate");
  await row(page, "sheep-Copy1.ipynb").waitFor();
  await row(page, "sheep-Copy1.ipynb").click({ position: { x: 600, y: 20 } });
  await page.keyboard.press("F2");
  await page.keyboard.type("lamb");
  await page.keyboard.press("Enter");
  await row(page, "lamb.ipynb").waitFor();
  await choose(page, "lamb.ipynb", "Move to…");
  const dialog = page.getByRole("dialog", { name: "Move “lamb.ipynb”" });
  assert.equal(await dialog.getByRole("button", { name: "Move here" }).isDisabled(), true, "it is there already");
  await dialog.getByRole("button", { name: "goal" }).click();
  assert.deepEqual(await seriousFaults(page), []);
  await dialog.getByRole("button", { name: "Move here" }).click();
  await row(page, "lamb.ipynb").waitFor({ state: "detached" });
  assert.equal(await exists("moving/goal/lamb.ipynb"), true);
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "lamb.ipynb").waitFor();
  await close(watched);
});

test("what is deleted comes back with Undo, with Ctrl+Z, and from the trash", async () => {
  const watched = await at("losing", ["one.txt", "three.txt", "two.txt"]);
  const { page } = watched;
  await row(page, "one.txt").click({ position: { x: 600, y: 20 } });
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Delete");
  await page.getByText("2 entries moved to the trash").waitFor();
  assert.deepEqual(await names(page), ["two.txt"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "three.txt").waitFor();
  await choose(page, "two.txt", "Move to trash");
  await row(page, "two.txt").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await row(page, "two.txt").waitFor();
  await choose(page, "two.txt", "Move to trash");
  await row(page, "two.txt").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByRole("button", { name: "More for two.txt" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await choose(page, "two.txt", "Restore");
  await page.getByText("“two.txt” restored").last().waitFor();
  assert.equal(await textOf("losing/two.txt"), "losing/two.txt");
  await close(watched);
});

test("deleting for ever asks first, and emptying the trash leaves nothing", async () => {
  const watched = await at("gone", ["a.txt", "b.txt", "c.txt"]);
  const { page } = watched;
  await page.locator(".grid").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.getByText("3 entries moved to the trash").waitFor();
  await page.getByRole("link", { name: "Trash" }).click();
  await choose(page, "a.txt", "Delete for ever");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.getByRole("button", { name: "More for a.txt" }).count(), 1);
  await choose(page, "a.txt", "Delete for ever");
  await page.getByRole("dialog").getByRole("button", { name: "Delete for ever" }).click();
  await page.getByRole("button", { name: "More for a.txt" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
  assert.deepEqual(await (await call("GET", "api/trash")).json(), []);
  await close(watched);
});

test("an upload asks about a taken name: both are kept, or the old one is replaced", async () => {
  const watched = await at("arrivals", ["note.txt"]);
  const { page } = watched;
  await upload(page, [{ name: "note.txt", content: "second" }]);
  const dialog = page.getByRole("dialog", { name: "“note.txt” is there already" });
  await dialog.waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await dialog.getByRole("button", { name: "Keep both" }).click();
  await row(page, "note (1).txt").waitFor();
  assert.equal(await textOf("arrivals/note.txt"), "arrivals/note.txt");
  await upload(page, [{ name: "note.txt", content: "third" }]);
  await dialog.getByRole("button", { name: "Replace" }).click();
  await page.getByText("2 files uploaded").waitFor();
  assert.equal(await textOf("arrivals/note.txt"), "third");
  assert.equal(await textOf("arrivals/note (1).txt"), "second");
  await close(watched);
});

test("a broken notebook is kept as it is, and the line at fault is named", async () => {
  const watched = await at("broken", []);
  await upload(watched.page, [{ name: "b.ipynb", content: '{\n "cells": [1 2]\n}' }, { name: "empty.ipynb", content: "" }]);
  await watched.page.getByText(/cannot be opened as a notebook: line 2, column \d+ is not valid JSON/).waitFor();
  await watched.page.getByText("the file is empty").waitFor();
  assert.equal(await textOf("broken/b.ipynb"), '{\n "cells": [1 2]\n}');
  await close(watched);
});

test("a file of many pieces arrives byte for byte, with percent on the way", async () => {
  const content = Buffer.alloc(33 * 1024 * 1024 + 17);
  for (let i = 0; i < content.length; i += 7) content[i] = i % 251;
  const watched = await at("large", []);
  await upload(watched.page, [{ name: "large.bin", content }]);
  await watched.page.getByRole("progressbar", { name: "How far large.bin is" }).waitFor();
  await row(watched.page, "large.bin").waitFor({ timeout: 60_000 });
  const stored = Buffer.from(await (await call("GET", "files/large/large.bin")).arrayBuffer());
  assert.equal(createHash("sha256").update(stored).digest("hex"), createHash("sha256").update(content).digest("hex"));
  await close(watched);
});

test("a cancelled upload leaves nothing behind, and can be tried again", async () => {
  const watched = await at("cancelled", []);
  const { page } = watched;
  const held: (() => void)[] = [];
  await page.route("**/api/contents/cancelled/slow.bin", async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue().catch(() => undefined);
  });
  await upload(page, [{ name: "slow.bin", content: Buffer.alloc(20 * 1024 * 1024, 1) }]);
  await page.getByRole("button", { name: "Cancel slow.bin" }).click();
  await page.getByText("Cancelled; nothing of it was stored").waitFor();
  await page.unroute("**/api/contents/cancelled/slow.bin");
  for (const go of held) go();
  assert.equal(await exists("cancelled/slow.bin"), false);
  await page.getByRole("button", { name: "Upload slow.bin again" }).click();
  await row(page, "slow.bin").waitFor({ timeout: 60_000 });
  await close(watched);
});

test("a folder is uploaded with everything in it, hidden files left out", async () => {
  const watched = await at("whole", []);
  const { page } = watched;
  const source = mkdtempSync(join(tmpdir(), "allmende-upload-"));
  mkdirSync(join(source, "flock/lambs"), { recursive: true });
  for (const [file, content] of [["flock/a.txt", "a"], ["flock/lambs/b.txt", "b"], ["flock/.hidden", "c"]] as const) writeFileSync(join(source, file), content);
  await page.getByRole("button", { name: "New", exact: true }).click();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("menuitem", { name: "Upload a folder" }).click()]);
  await chooser.setFiles(join(source, "flock"));
  await page.getByText("2 files uploaded").waitFor();
  await row(page, "flock").waitFor();
  assert.equal(await textOf("whole/flock/lambs/b.txt"), "b");
  rmSync(source, { recursive: true });
  await close(watched);
});

test("a row dragged onto a folder moves there, and onto the breadcrumb back up", async () => {
  const watched = await at("dragging", ["barn/", "hay.txt"]);
  const { page } = watched;
  await row(page, "hay.txt").dragTo(row(page, "barn"));
  await row(page, "hay.txt").waitFor({ state: "detached" });
  await row(page, "barn").getByRole("link").click();
  await row(page, "hay.txt").dragTo(page.getByRole("navigation", { name: "Folders above" }).getByRole("link", { name: "dragging" }));
  await row(page, "hay.txt").waitFor({ state: "detached" });
  assert.equal(await exists("dragging/hay.txt"), true);
  await close(watched);
});

test("what was used last stands first, and is shown in its folder on request", async () => {
  const watched = await at("lately", ["newest of all.ipynb"]);
  const { page } = watched;
  await page.goto(address());
  await page.getByRole("region", { name: "Recent" }).getByRole("link", { name: /^newest of all/ }).waitFor();
  await page.getByRole("link", { name: "Recent" }).click();
  await page.getByRole("heading", { name: "Recent" }).waitFor();
  await row(page, "newest of all.ipynb").waitFor();
  assert.equal((await names(page))[0], "newest of all.ipynb");
  assert.deepEqual(await seriousFaults(page), []);
  await choose(page, "newest of all.ipynb", "Show in its folder");
  await page.getByRole("heading", { name: "lately" }).waitFor();
  await close(watched);
});

test("when the session has ended the page says so, and signing in leads back", async () => {
  const watched = await at("ended", ["x.txt"]);
  const { page } = watched;
  await watched.context.clearCookies({ name: "allmende_session" });
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByText("You are signed out. What you see may be old.").waitFor();
  await page.getByRole("alert").getByRole("link", { name: "Sign in" }).click();
  await page.getByText("Sign in to see the page you asked for.").waitFor();
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Trash", exact: true }).waitFor();
  await close(watched);
});

test("files dragged onto the page go into the folder that is open", async () => {
  const watched = await at("dropped", []);
  const transfer = await watched.page.evaluateHandle(() => {
    const made = new DataTransfer();
    made.items.add(new File(["from outside"], "drop.txt"));
    return made;
  });
  await watched.page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await watched.page.getByText("Let go to upload to dropped").waitFor();
  await watched.page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  await row(watched.page, "drop.txt").waitFor();
  assert.equal(await textOf("dropped/drop.txt"), "from outside");
  await close(watched);
});

test("search finds by words of name and folder while one types, and Escape leads back", async () => {
  const watched = await at("searching", ["Counting sheep.ipynb", "goat.txt"]);
  const { page } = watched;
  await page.keyboard.press("/");
  await page.keyboard.type("sheep count");
  await page.getByRole("heading", { name: "Search: sheep count" }).waitFor();
  await row(page, "Counting sheep.ipynb").waitFor();
  assert.deepEqual(await names(page), ["Counting sheep.ipynb"]);
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByRole("searchbox").fill("nothing is called that");
  await page.getByRole("heading", { name: "Nothing fits" }).waitFor();
  await page.getByRole("searchbox").press("Escape");
  await row(page, "goat.txt").waitFor();
  await close(watched);
});

test("the list is walked, chosen and opened by keyboard alone", async () => {
  const watched = await at("keys", ["inner/", "a.txt", "b.txt", "c.txt"]);
  const { page } = watched;
  await page.locator(".grid").focus();
  const chosen = () => page.locator(".grid-body [aria-selected=true] .file-name").allInnerTexts();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  assert.deepEqual(await chosen(), ["a.txt", "b.txt"]);
  await page.keyboard.press("Control+a");
  assert.equal((await chosen()).length, 4);
  await page.keyboard.press("Escape");
  assert.deepEqual(await chosen(), []);
  await page.keyboard.press("c");
  assert.deepEqual(await chosen(), ["c.txt"]);
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("ArrowUp");
  assert.match(await page.locator(":focus").innerText(), /Move to trash/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "inner" }).waitFor();
  await close(watched);
});

test("a text, a picture and a file of unknown kind open as far as they can be shown", async () => {
  const watched = await at("looking", ["words.txt"]);
  const { page } = watched;
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await call("PUT", "api/contents/looking/dot.png", { type: "file", format: "base64", content: pixel });
  await call("PUT", "api/contents/looking/x.bin", { type: "file", format: "base64", content: "/////w==" });
  await row(page, "words.txt").getByRole("link").click();
  await page.getByRole("dialog", { name: "words.txt" }).getByText("looking/words.txt").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.keyboard.press("Escape");
  await page.goto(address("?file=looking/dot.png"));
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".preview-image")?.naturalWidth === 1);
  await page.goto(address("?file=looking/x.bin"));
  await page.getByText("There is no preview of this kind of file.").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
  assert.equal(download.suggestedFilename(), "x.bin");
  await close(watched);
});

test("ten thousand files are listed, sorted and scrolled without drawing them all", async () => {
  const drives = `${process.env["ALLMENDE_DATA"]}/drives`;
  const { id } = (await (await call("GET", "api/account")).json()) as { id: string };
  await putFolder("ten thousand");
  const home = readdirSync(drives).find((name) => name === id);
  assert.ok(home, `the drive of ${id} lies in ${drives}`);
  mkdirSync(`${drives}/${home}/ten thousand`, { recursive: true });
  for (let i = 0; i < 10_000; ++i) writeFileSync(`${drives}/${home}/ten thousand/file ${i}.txt`, "x");
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address("?folder=ten%20thousand"));
  await page.getByText("10,000 entries").or(page.getByText("10000 entries")).first().waitFor();
  await page.locator(".grid").focus();
  await page.keyboard.press("End");
  await row(page, "file 9999.txt").waitFor();
  assert.ok((await page.locator(".grid-body [role=row]").count()) < 100);
  await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.querySelector(".grid")?.scrollTo(0, 0));
  await row(page, "file 9999.txt").waitFor();
  assert.equal((await names(page))[0], "file 9999.txt");
  await close(watched);
});

test("a folder that is not there says so and shows the way out", async () => {
  const watched = await openSignedIn(browser);
  await watched.page.goto(address("?folder=never/was"));
  await watched.page.getByRole("heading", { name: "This folder is not here" }).waitFor();
  assert.deepEqual(await seriousFaults(watched.page), []);
  await watched.page.getByRole("button", { name: "All files" }).click();
  await watched.page.getByRole("heading", { name: "All files" }).waitFor();
  await close(watched);
});

test("when the server is away the page says so, and reads again when asked", async () => {
  const watched = await at("away", ["x.txt"]);
  const { page } = watched;
  await page.route("**/api/contents/away/inner**", (route) => route.abort());
  await putFolder("away/inner");
  await page.goto(address("?folder=away/inner"));
  await page.getByText("The server does not answer.").waitFor();
  await page.unroute("**/api/contents/away/inner**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "This folder is empty" }).waitFor();
  await close(watched);
});

test("a token is shown once, opens the API, and is refused after it was revoked", async () => {
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address("?view=account"));
  await page.getByRole("heading", { name: "Account" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await page.getByRole("button", { name: "New token" }).click();
  await page.keyboard.type("spec laptop");
  await page.getByLabel("Works for").selectOption("7");
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = await page.getByLabel("The token", { exact: true }).inputValue();
  assert.deepEqual(await seriousFaults(page), []);
  const status = async () => (await fetch(address("api/contents?content=0"), { headers: { Authorization: `Bearer ${secret}` } })).status;
  assert.equal(await status(), 200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByText("ends in 7 days").waitFor();
  assert.equal((await page.content()).includes(secret), false);
  await page.getByRole("button", { name: "Revoke spec laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("spec laptop").waitFor({ state: "detached" });
  assert.equal(await status(), 403);
  await close(watched);
});

test("name, look and language are changed and stay", async () => {
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address("?view=account"));
  await page.getByLabel("Name to show").fill("Grace Hopper");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.match(await page.locator(".avatar").innerText(), /^GH/);
  const [stored] = await Promise.all([page.waitForResponse((reply) => reply.request().method() === "PATCH"), page.getByLabel("Dark").check()]);
  assert.equal(stored.status(), 200);
  await page.getByLabel("Deutsch").check();
  await page.getByRole("heading", { name: "Konto" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  assert.equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "dark");
  assert.deepEqual(await seriousFaults(page), []);
  await page.goto(address());
  await page.getByRole("heading", { name: "Alle Dateien" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "home-german-dark");
  await call("PATCH", "api/account", { locale: "", theme: "" });
  await close(watched);
});

test("on a phone everything is within reach and nothing sticks out", async () => {
  const watched = await at("phone", ["A notebook with a name that is far too long for a phone.ipynb", "b.txt"], phone);
  const { page } = watched;
  const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.equal(await overhang(), 0);
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "home-phone");
  await page.getByRole("checkbox", { name: "Select b.txt" }).tap();
  await page.getByRole("toolbar").getByRole("button", { name: "Move to trash" }).tap();
  await page.getByRole("button", { name: "Undo" }).tap();
  await row(page, "b.txt").waitFor();
  await page.getByRole("button", { name: "New", exact: true }).tap();
  await page.getByRole("menuitem", { name: "New folder" }).waitFor();
  await page.goto(address("?view=account"));
  await page.getByRole("heading", { name: "Account" }).waitFor();
  assert.equal(await overhang(), 0);
  await close(watched);
});

test("the running runtime is shown with what it uses, and can be stopped from here", async () => {
  const started = await call("POST", "api/runtimes");
  assert.ok(started.ok, `starting a runtime gave ${started.status}: ${await started.text()}`);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(address());
  await page.getByRole("button", { name: /^Runtime on/ }).click({ timeout: 60_000 });
  const dialog = page.getByRole("dialog", { name: "Your runtime" });
  await dialog.getByRole("meter", { name: "Memory" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await dialog.getByRole("button", { name: "Stop the runtime" }).click();
  await dialog.getByText("All kernels end").waitFor();
  await dialog.getByRole("button", { name: "Stop the runtime" }).click();
  await page.getByText("Runtime stopped").waitFor();
  await page.getByRole("button", { name: /^Runtime on/ }).waitFor({ state: "detached" });
  await close(watched);
});

test("too many attempts are slowed down, and the page counts the seconds", async () => {
  const watched = await open(browser);
  const { page } = watched;
  await page.goto(address("login"));
  await page.getByLabel("Name").fill("guessed-at");
  const waiting = page.getByText(/Too many attempts: wait \d+ seconds?\./);
  for (let attempt = 0; attempt < 40 && !(await waiting.isVisible()); ++attempt) {
    await page.getByLabel("Password").fill(`guess ${attempt}`);
    await Promise.all([page.waitForResponse("**/api/sign-in"), page.keyboard.press("Enter")]);
    await page.locator(".sign-in-fault p").first().waitFor();
  }
  const seconds = async () => Number(/\d+/.exec(await waiting.innerText())?.[0]);
  const first = await seconds();
  assert.equal(await page.getByRole("button", { name: "Sign in" }).isDisabled(), true);
  await page.waitForFunction((begun) => Number(/wait (\d+)/.exec(document.body.innerText)?.[1] ?? 0) < begun, first);
  await close(watched);
});
