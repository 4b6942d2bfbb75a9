// A text file is written in the page: kept by itself, coloured, and never over what somebody else wrote.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { call, launch, nothingWentWrong, openSignedIn, phone, picture, until, url, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function put(path: string, content: string): Promise<void> {
  assert.ok((await call("PUT", `api/contents/${path}`, { type: "file", format: "text", content })).ok);
}

async function textOf(path: string): Promise<string> {
  return ((await (await call("GET", `api/contents/${path}?type=file&format=text`)).json()) as { content: string }).content;
}

const content = (page: Page) => page.locator(".cm-content");
const saved = (page: Page) => page.getByRole("status").filter({ hasText: "All changes saved" }).waitFor();

async function close(watched: Watched): Promise<void> {
  await watched.context.close();
  nothingWentWrong(watched);
}

test("a new text file is made, written, kept by itself, and there again", async () => {
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(url);
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "New text file" }).click();
  await page.waitForURL(/\/edit\/untitled\.txt$/);
  await content(page).pressSequentially("grass grows");
  await page.getByText("Not saved yet").waitFor();
  await saved(page);
  assert.equal(await textOf("untitled.txt"), "grass grows");
  await page.keyboard.press("Enter");
  await page.keyboard.type("by itself");
  await page.keyboard.press("Control+s");
  await until(() => textOf("untitled.txt"), (text) => text === "grass grows\nby itself", "Ctrl+S keeps it at once");
  await page.reload();
  await content(page).getByText("by itself").waitFor();
  await close(watched);
});

test("a program is coloured, searched, and opened from its preview; the line ends of the file stay", async () => {
  await put("tools.py", "import math\r\n\r\ndef area(r):\r\n    return math.pi * r ** 2  # round\r\n");
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(new URL("?file=tools.py", url).href);
  await page.getByRole("dialog").getByRole("link", { name: "Edit" }).click();
  await page.locator(".tok-keyword").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "edit");
  await content(page).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# ours\n");
  await saved(page);
  assert.equal(await textOf("tools.py"), "# ours\r\nimport math\r\n\r\ndef area(r):\r\n    return math.pi * r ** 2  # round\r\n");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("round");
  await page.locator(".cm-searchMatch").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await saved(page);
  await close(watched);
});

test("what somebody else wrote is not written over before the person has chosen", async () => {
  await put("shared.txt", "one");
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(new URL("edit/shared.txt", url).href);
  await content(page).click();
  await page.keyboard.press("Control+Home");
  await put("shared.txt", "theirs");
  await page.keyboard.type("mine ");
  await page.getByText("This file was changed or deleted elsewhere").waitFor();
  assert.equal(await textOf("shared.txt"), "theirs");
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "edit-conflict");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await saved(page);
  assert.equal(await textOf("shared.txt"), "mine one");
  await put("shared.txt", "theirs again");
  await page.keyboard.type("x");
  await page.getByRole("button", { name: "Take theirs" }).click();
  await content(page).getByText("theirs again").waitFor();
  await saved(page);
  assert.equal(await textOf("shared.txt"), "theirs again");
  assert.equal((await call("DELETE", "api/contents/shared.txt")).status, 204);
  await content(page).click();
  await page.keyboard.type("still here ");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await saved(page);
  assert.match(await textOf("shared.txt"), /still here/);
  await close({ ...watched, faults: watched.faults.filter((fault) => !/412|404/.test(fault)) });
});

test("it fits on a phone in the dark, and says what cannot be opened as text", async () => {
  await put("notes.md", "# Pasture\n\n- grass\n- *water*\n");
  const watched = await openSignedIn(browser, { ...phone, colorScheme: "dark" });
  const { page } = watched;
  await page.goto(new URL("edit/notes.md", url).href);
  await page.locator(".tok-heading").first().waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "edit-phone-dark");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await call("PUT", "api/contents/bytes.bin", { type: "file", format: "base64", content: "//79AAE=" });
  await page.goto(new URL("edit/bytes.bin", url).href);
  await page.getByRole("alert").waitFor();
  await page.goto(new URL("edit/nothing-there.txt", url).href);
  await page.getByRole("alert").waitFor();
  await watched.context.close();
});
