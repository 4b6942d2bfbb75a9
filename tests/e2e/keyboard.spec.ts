// What is typed goes where the person put the cursor, whatever outputs do about it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { BarePage } from "./bare-chromium.ts";
import { call, notebookAddress, password, signIn, until, url } from "./support.ts";

let page: BarePage;
beforeEach(async () => {
  page = await BarePage.open();
  await page.goto(new URL("login", url).href);
  assert.equal(await page.evaluate(signIn, password), 200, "ada signs in");
});
afterEach(() => page.close());

// A notebook with one saved output, open, with the cursor in its only editor and the output's frame drawn.
async function openWithOutput(path: string, html: string): Promise<void> {
  const outputs = [{ output_type: "display_data", metadata: {}, data: { "text/html": html, "text/plain": "HTML" } }];
  const content = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [{ id: "cell", cell_type: "code", metadata: {}, source: "", execution_count: 1, outputs }] };
  const reply = await call("PUT", `api/contents/${path}`, { type: "notebook", format: "json", content });
  assert.ok(reply.ok, `putting ${path} gave ${reply.status}`);
  await page.goto(notebookAddress(path));
  await until(() => page.evaluateInFrame(() => document.querySelector("input") !== null, null).catch(() => false), (isThere) => isThere, "the output is drawn");
  await clickIntoEditor();
}

async function middleOf(selector: string): Promise<[number, number]> {
  const find = (of: string) => {
    const { x, y, width, height } = document.querySelector(of)!.getBoundingClientRect();
    return [x, y, width, height] as const;
  };
  const [x, y, width, height] = await page.evaluate(find, selector);
  return [x + width / 2, y + height / 2];
}

async function middleOfField(): Promise<[number, number]> {
  const [frameX, frameY] = await page.evaluate(() => {
    const { x, y } = document.querySelector(".al-frame")!.getBoundingClientRect();
    return [x, y] as const;
  }, null);
  const [x, y] = await page.evaluateInFrame(() => {
    const { x, y, width, height } = document.querySelector("input")!.getBoundingClientRect();
    return [x + width / 2, y + height / 2] as const;
  }, null);
  return [frameX + x, frameY + y];
}

// As a person clicks: the pointer comes first, and the page sees it come.
async function clickIntoField(): Promise<void> {
  const place = await middleOfField();
  await page.moveTo(...place);
  await until(() => page.evaluate(() => document.querySelector(".al-frame:hover") !== null, null), (isThere) => isThere, "the pointer is over the output");
  await page.click(...place);
  await until(() => page.evaluateInFrame(() => document.hasFocus(), null), (hasFocus) => hasFocus, "the field has the keyboard");
}

async function clickIntoEditor(): Promise<void> {
  await page.click(...(await middleOf(".jp-Notebook .cm-content")));
  await until(editor, ({ hasFocus }) => hasFocus, "the cursor is in the editor");
}

const editor = () =>
  page.evaluate(() => {
    const content = document.querySelector<HTMLElement>(".jp-Notebook .cm-content")!;
    return { text: content.innerText.trim(), hasFocus: document.activeElement === content && document.hasFocus() };
  }, null);
const field = () => page.evaluateInFrame(() => document.querySelector("input")!.value, null);
const note = () => page.evaluate(() => document.querySelector<HTMLElement>(".al-output-note:not([hidden])")?.innerText ?? "", null);

// Counts in the page how often the editor got the keyboard back.
async function countReturns(): Promise<void> {
  await page.evaluate(() => {
    let returns = 0;
    document.querySelector(".jp-Notebook .cm-content")!.addEventListener("focus", () => (document.body.dataset["returns"] = String((returns += 1))));
  }, null);
}
const returns = () => page.evaluate(() => Number(document.body.dataset["returns"] ?? 0), null);

test("an output that takes the keyboard again and again does not get it, and is stopped", async () => {
  await openWithOutput("thief.ipynb", `<input><script>addEventListener("message", () => setInterval(() => document.querySelector("input").focus(), 500))</script>`);
  await countReturns();
  await page.type("ab");
  await page.evaluate(() => document.querySelector<HTMLIFrameElement>(".al-frame")!.contentWindow!.postMessage("now", "*"), null);
  for (const [theft, letters] of ["cd", "ef", "gh"].entries()) {
    await until(returns, (count) => count > theft, "the editor gets the keyboard back");
    await page.type(letters);
  }
  assert.equal(await until(note, (words) => words !== "", "a note"), "This output kept taking the keyboard and was stopped. Show it again");
  await page.type("ij");
  assert.deepEqual(await editor(), { text: "abcdefghij", hasFocus: true });
});

test("a person writes into an output's field after a click, also when the pointer moves on, and the editor takes over again", async () => {
  await openWithOutput("field.ipynb", "<input><script></script>");
  await page.type("ab");
  await clickIntoField();
  await page.type("cd");
  assert.equal(await until(field, (text) => text.length === 2, "letters in the field"), "cd");
  await clickIntoEditor();
  await page.type("ef");
  await clickIntoField();
  await page.moveTo(5, 5);
  await page.type("gh");
  assert.equal(await until(field, (text) => text.length === 4, "letters in the field"), "cdgh");
  assert.deepEqual([(await editor()).text.length, await note()], [4, ""]);
});

test("a person reaches an output's field with Tab", async () => {
  await openWithOutput("tab.ipynb", "<input><script></script>");
  await page.type("ab");
  await page.press("Escape", { windowsVirtualKeyCode: 27 });
  const inField = () => page.evaluateInFrame(() => document.activeElement?.tagName === "INPUT" && document.hasFocus(), null);
  await until(async () => (await inField()) || (await page.press("Tab", { windowsVirtualKeyCode: 9 }), inField()), (isThere) => isThere, "the field has the keyboard");
  await page.type("cd");
  assert.equal(await until(field, (text) => text.length === 2, "letters in the field"), "cd");
  assert.deepEqual([(await editor()).text, await note()], ["ab", ""]);
});
