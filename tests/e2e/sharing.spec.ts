// A notebook in several people's hands: given, asked for, read without an account, run by each in a runtime of their own.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { call, cellAt, launch, makeAccount, notebookAddress, nothingWentWrong, open, openSignedIn, outputOf, phone, picture, putNotebook, until, url, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
  makeAccount("bob");
});
after(() => browser.close());

const editor = (page: Page, at: number): Locator => cellAt(page, at).locator(".cm-content");
const dialog = (page: Page): Locator => page.getByRole("dialog");
const runOf = (page: Page, at: number): Locator => cellAt(page, at).locator(".al-run");

// Ada's notebook on a page of hers, with the dialog to share it, and the address of its share link.
async function opened(path: string, cells: Cell[]): Promise<Watched & { link: string }> {
  await putNotebook(path, cells);
  const ada = await openSignedIn(browser);
  await ada.page.goto(notebookAddress(path));
  await ada.page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
  const reply = (await (await call("PUT", `api/collaboration/session/${encodeURIComponent(path)}`, { format: "json", type: "notebook" })).json()) as { fileId: string };
  await ada.page.getByRole("button", { name: "Share" }).click();
  await dialog(ada.page).getByText("Who has access").waitFor();
  return { ...ada, link: new URL(`d/${reply.fileId}`, url).href };
}

async function close(...all: Watched[]): Promise<void> {
  for (const watched of all) {
    await watched.context.close();
    nothingWentWrong(watched);
  }
}

test("an owner gives a notebook to somebody by name, who finds it, writes in it and runs it in a runtime of their own", async () => {
  const ada = await opened("lesson.ipynb", ["owner = 'ada'\nowner", "print(owner)"]);
  const field = dialog(ada.page).getByLabel("Add somebody");
  await field.fill("nobody");
  await field.press("Enter");
  await dialog(ada.page).getByText("There is no account of that name here.").waitFor();
  await field.fill("bob");
  await field.press("Enter");
  await dialog(ada.page).getByLabel("What bob may do").waitFor();
  assert.deepEqual(await seriousFaults(ada.page), []);
  await picture(ada.page, "share");
  await dialog(ada.page).getByRole("button", { name: "Done" }).click();
  await ada.page.getByRole("button", { name: "Run all" }).click();
  await runOf(ada.page, 1).and(ada.page.locator("[data-run=done]")).waitFor({ timeout: 60_000 });

  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(new URL("?view=shared", url).href);
  await bob.page.getByRole("row", { name: /lesson\.ipynb/ }).getByText("Edits").waitFor();
  assert.deepEqual(await seriousFaults(bob.page), []);
  await picture(bob.page, "shared-with-me");
  await bob.page.getByRole("link", { name: "lesson.ipynb" }).click();
  await editor(bob.page, 0).waitFor();
  assert.equal(new URL(bob.page.url()).href.split("#")[0], ada.link);
  await bob.page.getByText("of ada").waitFor();
  assert.match((await runOf(bob.page, 1).getByRole("button").getAttribute("title")) ?? "", /^Run by ada, .*in the runtime of ada, not in yours$/);
  await editor(bob.page, 1).click();
  await bob.page.keyboard.press("Control+End");
  await bob.page.keyboard.type("  # bob");
  await editor(ada.page, 1).getByText("print(owner)  # bob").waitFor();
  await bob.page.keyboard.press("Control+Enter");
  await outputOf(bob.page, 1).getByText("NameError").first().waitFor({ timeout: 60_000 }); // ada's variables are in her runtime
  await outputOf(ada.page, 1).getByText("NameError").first().waitFor();
  await until(() => runOf(ada.page, 1).getByRole("button").getAttribute("title"), (title) => /^Run by bob/.test(title ?? ""), "ada sees whose it was");
  const runtimes = (await (await call("GET", "api/kernels")).json()) as unknown[];
  assert.equal(runtimes.length, 1); // bob's is in his own
  await picture(bob.page, "shared-editor");
  await close(ada, bob);
});

test("an owner lends their runtime to an editor, whose cells see the owner's variables, and both see whose runtime it was", async () => {
  const ada = await opened("lent.ipynb", ["secret = 'made by ada'", "print(secret)"]);
  await dialog(ada.page).getByLabel("What they may do").selectOption("lent");
  const field = dialog(ada.page).getByLabel("Add somebody");
  await field.fill("bob");
  await field.press("Enter");
  const choice = dialog(ada.page).getByLabel("What bob may do");
  await choice.waitFor();
  assert.equal(await choice.inputValue(), "lent");
  await picture(ada.page, "share-lent");
  await dialog(ada.page).getByRole("button", { name: "Done" }).click();
  await cellAt(ada.page, 0).locator(".al-run button").click();
  await runOf(ada.page, 0).and(ada.page.locator("[data-run=done]")).waitFor({ timeout: 60_000 });

  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(ada.link);
  await editor(bob.page, 1).waitFor();
  await bob.page.locator(".nb-connect-more").click();
  await bob.page.getByLabel("This notebook runs in").selectOption({ label: "The runtime of ada, who lets you use it" });
  await bob.page.getByText("now runs in the owner's runtime").waitFor();
  await cellAt(bob.page, 1).locator(".al-run button").click();
  await outputOf(bob.page, 1).getByText("made by ada").waitFor({ timeout: 60_000 });
  for (const { page } of [ada, bob]) await until(() => runOf(page, 1).getByRole("button").getAttribute("title"), (title) => /Run by bob in the owner's runtime/.test(title ?? ""), "whose runtime it was");
  await bob.page.locator(".nb-connect-more").click();
  await bob.page.getByLabel("This notebook runs in").waitFor();
  await picture(bob.page, "runtime-lent");
  assert.deepEqual(await seriousFaults(bob.page), []);
  await close(ada, bob);
});

test("the bell of home says who has shared what and who speaks to one, and leads there", async () => {
  makeAccount("zoe");
  const zoe = await openSignedIn(browser, {}, "zoe");
  await zoe.page.goto(url);
  await zoe.page.getByRole("button", { name: "What is new" }).click();
  const news = zoe.page.getByRole("dialog", { name: "What is new" });
  await news.getByText("Nothing yet.").waitFor();
  await zoe.page.keyboard.press("Escape");
  const ada = await opened("news.ipynb", ["x = 1"]);
  await dialog(ada.page).getByLabel("Add somebody").fill("zoe");
  await dialog(ada.page).getByLabel("Add somebody").press("Enter");
  await dialog(ada.page).getByLabel("What zoe may do").waitFor();
  const document = ada.link.split("/").at(-1) ?? "";
  const said = await call("POST", `api/documents/${document}/comments`, { cell: "cell-0", text: "@zoe what do you make of this? It is the second time that x is one." });
  assert.equal(said.status, 201);
  await zoe.page.reload();
  const bell = zoe.page.getByRole("button", { name: "2 new" });
  await bell.click();
  await news.getByText("ada speaks to you in “news”").waitFor();
  await news.getByText("ada shared “news” with you").waitFor();
  assert.deepEqual(await seriousFaults(zoe.page), []);
  await picture(zoe.page, "notices");
  await zoe.page.keyboard.press("Escape");
  await zoe.page.getByRole("button", { name: "What is new" }).waitFor(); // seen
  await zoe.page.getByRole("button", { name: "What is new" }).click();
  await news.getByText("ada speaks to you in “news”").click();
  await zoe.page.getByText("what do you make of this?").first().waitFor();
  const small = await openSignedIn(browser, { ...phone, colorScheme: "dark", locale: "de" }, "zoe");
  await small.page.goto(url);
  await small.page.getByRole("button", { name: "Was neu ist" }).click();
  await small.page.getByText("ada spricht dich in „news“ an").waitFor();
  await picture(small.page, "notices-phone-dark-german");
  await close(ada, zoe, small);
});

test("whoever has the link reads without an account, sees it change, and can do nothing else", async () => {
  const ada = await opened("public.ipynb", ["print('for all')", { text: "# Read me" }, "import ipywidgets\nipywidgets.IntSlider(value=7)"]);
  await dialog(ada.page).getByRole("combobox", { name: "Everybody else" }).selectOption("link");
  await dialog(ada.page).getByText("Whoever has the link can read it").waitFor();
  await dialog(ada.page).getByRole("button", { name: "Done" }).click();
  await ada.page.getByRole("button", { name: "Run all" }).click();
  await outputOf(ada.page, 0).getByText("for all").waitFor({ timeout: 60_000 });
  await runOf(ada.page, 2).and(ada.page.locator("[data-run=done]")).waitFor({ timeout: 60_000 });

  const guest = await open(browser);
  const asked: string[] = [];
  guest.page.on("response", (response) => {
    if (response.status() >= 400) asked.push(`${response.status()} ${response.url()}`);
  });
  await guest.page.goto(ada.link);
  await outputOf(guest.page, 0).getByText("for all").waitFor({ timeout: 30_000 });
  await guest.page.getByText("Only to read").waitFor();
  await outputOf(guest.page, 2).locator("iframe").contentFrame().locator(".widget-readout", { hasText: "7" }).waitFor(); // without the kernel
  await guest.page.getByRole("link", { name: "Sign in to make a copy" }).waitFor();
  assert.equal(await guest.page.getByRole("button", { name: "Share" }).count(), 0);
  assert.equal(await guest.page.getByRole("button", { name: "Connect" }).count(), 0);
  await editor(guest.page, 0).click();
  await guest.page.keyboard.type("evil()");
  await guest.page.keyboard.press("Control+Enter");
  await guest.page.keyboard.press("Escape");
  await guest.page.keyboard.press("d");
  await guest.page.keyboard.press("d");
  await guest.page.getByRole("heading", { name: "Read me" }).dblclick();
  await editor(ada.page, 0).click();
  await ada.page.keyboard.press("Control+End");
  await ada.page.keyboard.type("  # live");
  await editor(guest.page, 0).getByText("print('for all')  # live", { exact: true }).waitFor();
  assert.equal(await guest.page.locator(".jp-Notebook-cell").count(), 3);
  assert.equal(await ada.page.locator(".jp-Notebook-cell").count(), 3);
  for (const each of [ada.page, guest.page]) assert.equal(await each.locator(".nb-person").count(), 0); // who has no account looks on unseen, and sees nobody
  assert.deepEqual(asked, []);
  assert.deepEqual(await seriousFaults(guest.page), []);
  await picture(guest.page, "guest");

  const onPhone = await open(browser, { ...phone, colorScheme: "dark" });
  await onPhone.page.goto(ada.link);
  await outputOf(onPhone.page, 0).getByText("for all").waitFor({ timeout: 30_000 });
  await picture(onPhone.page, "guest-phone");
  await ada.page.getByRole("button", { name: "Share" }).click();
  await dialog(ada.page).getByRole("combobox", { name: "Everybody else" }).selectOption("nobody");
  await guest.page.getByText("You are out of this notebook").waitFor();
  await guest.page.reload();
  await guest.page.getByRole("button", { name: "Sign in" }).waitFor();
  await close(ada, guest, onPhone);
});

test("a stranger asks for access, the owner allows it where they are, and a change of the role is heard at once", async () => {
  const ada = await opened("asked.ipynb", ["x = 1"]);
  await dialog(ada.page).getByRole("button", { name: "Done" }).click();
  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(ada.link);
  await bob.page.getByRole("heading", { name: "This notebook is not shared with you" }).waitFor();
  await picture(bob.page, "not-shared");
  await bob.page.getByRole("button", { name: "Ask for access" }).click();
  await dialog(bob.page).getByLabel("Message to the owner (optional)").fill("It is me.");
  await dialog(bob.page).getByRole("button", { name: "Ask" }).click();
  await dialog(bob.page).getByText("The owner is asked").waitFor();
  await ada.page.getByText("bob asks for access to this notebook.").waitFor();
  await ada.page.getByRole("button", { name: "Look" }).click();
  await dialog(ada.page).getByText("Can read · It is me.").waitFor();
  await picture(ada.page, "share-asked");
  await dialog(ada.page).getByRole("button", { name: "Allow" }).click();
  await dialog(ada.page).getByLabel("What bob may do").waitFor();
  assert.equal(await ada.page.getByText("bob asks for access to this notebook.").count(), 0);

  await bob.page.reload();
  await bob.page.getByText("Only to read").waitFor({ timeout: 30_000 });
  await bob.page.getByRole("button", { name: "Make a copy" }).click();
  await bob.page.getByText("Copied as “asked.ipynb”.").waitFor();
  await dialog(ada.page).getByLabel("What bob may do").selectOption("editor");
  await bob.page.getByText("You may edit this notebook now.").waitFor();
  await bob.page.getByRole("button", { name: "Reload" }).click();
  await editor(bob.page, 0).waitFor({ timeout: 30_000 });
  await editor(bob.page, 0).click();
  await bob.page.keyboard.press("Control+End");
  await bob.page.keyboard.type(" + 1");
  await editor(ada.page, 0).getByText("x = 1 + 1").waitFor();
  await dialog(ada.page).getByLabel("What bob may do").selectOption("owner");
  await dialog(ada.page).getByRole("button", { name: "Give it away" }).click();
  await ada.page.waitForURL(ada.link);
  await ada.page.getByText("of bob").waitFor({ timeout: 30_000 });
  await bob.page.waitForURL(/notebooks\/asked-Copy1\.ipynb/);
  await close(ada, bob);
});

test("people say things about cells: in threads, to each other, with a link to them, until they are resolved", async () => {
  const ada = await opened("said.ipynb", ["x = 1", "y = 2"]);
  await dialog(ada.page).getByLabel("Add somebody").fill("bob");
  await dialog(ada.page).getByLabel("What they may do").first().selectOption("commenter");
  await dialog(ada.page).getByRole("button", { name: "Add" }).click();
  await dialog(ada.page).getByLabel("What bob may do").waitFor();
  await dialog(ada.page).getByRole("button", { name: "Done" }).click();
  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(ada.link);
  await editor(bob.page, 1).click({ timeout: 30_000 });
  await bob.page.keyboard.press("Control+Alt+m");
  const composer = bob.page.getByRole("textbox", { name: "Say something; @name speaks to somebody" });
  await composer.fill("Why two, @ada?");
  await composer.press("Control+Enter");
  await bob.page.getByRole("article").getByText("Why two,").waitFor();
  await ada.page.getByText("bob speaks to you in a comment.").waitFor();
  await ada.page.getByRole("button", { name: "Look" }).click();
  const answer = ada.page.getByRole("textbox", { name: "Answer" });
  await answer.fill("Because of y.");
  await ada.page.getByRole("button", { name: "Send" }).click();
  await bob.page.getByText("Because of y.").waitFor();
  await cellAt(ada.page, 1).getByRole("button", { name: "1 comment" }).waitFor();
  assert.deepEqual(await seriousFaults(ada.page), []);
  await picture(ada.page, "comments");
  await ada.page.emulateMedia({ colorScheme: "dark" });
  await picture(ada.page, "comments-dark");
  const [comment] = (await (await call("GET", `api/documents/${ada.link.split("/").at(-1) ?? ""}/comments`)).json()) as { id: string }[];
  await bob.page.goto(`${ada.link}#comment=${comment?.id ?? ""}`);
  await bob.page.reload();
  await bob.page.locator(".nb-thread[data-shown]").getByText("Why two,").waitFor({ timeout: 30_000 });
  await ada.page.getByRole("button", { name: "Resolve" }).click();
  await ada.page.getByText("All is resolved.").waitFor();
  await bob.page.getByText("All is resolved.").waitFor();
  await cellAt(bob.page, 1).getByRole("button", { name: "1 comment" }).waitFor({ state: "detached" });
  const download = ada.page.waitForEvent("download");
  await ada.page.getByRole("menuitem", { name: "File" }).click();
  await ada.page.getByRole("menuitem", { name: "Download with comments" }).click();
  const saved = JSON.parse(await readFile(await (await download).path(), "utf8")) as { metadata: { comments: { text: string }[] } };
  assert.deepEqual(saved.metadata.comments.map(({ text }) => text), ["Why two, @ada?", "Because of y."]);
  await close(ada, bob);
});
