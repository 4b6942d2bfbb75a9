// A class: its teacher makes a group and an invitation, students join by it, and find what the group is given.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launch, makeAccount, notebookAddress, nothingWentWrong, openSignedIn, phone, picture, putNotebook, url, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
  for (const name of ["bob", "eve"]) makeAccount(name);
});
after(() => browser.close());

const groups = new URL("?view=groups", url).href;

async function makeGroup(page: Page, title: string): Promise<void> {
  await page.goto(groups);
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Title").fill(title);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who is in it" }).waitFor();
}

async function close(...all: Watched[]): Promise<void> {
  for (const watched of all) {
    await watched.context.close();
    nothingWentWrong(watched);
  }
}

test("a student joins by an invitation and opens the notebook that the class was given", async () => {
  const ada = await openSignedIn(browser);
  await ada.page.goto(groups);
  await ada.page.getByRole("heading", { name: "You are in no group yet" }).waitFor();
  assert.deepEqual(await seriousFaults(ada.page), []);
  await picture(ada.page, "groups-none");
  await makeGroup(ada.page, "Statistics 1");
  await ada.page.getByRole("button", { name: "Make an invitation link" }).click();
  const link = await ada.page.getByLabel("Invitation link").inputValue();
  assert.match(link, /\/join\/[0-9a-f]{32}$/);

  const bob = await openSignedIn(browser, { ...phone, colorScheme: "dark" }, "bob");
  await bob.page.goto(link);
  await bob.page.getByText("You are invited by: ada").waitFor();
  assert.deepEqual(await seriousFaults(bob.page), []);
  await picture(bob.page, "join-phone-dark");
  await bob.page.getByRole("button", { name: "Join" }).click();
  await bob.page.getByText("Its managers see who is in it.").waitFor();
  await picture(bob.page, "groups-member-phone-dark");

  await putNotebook("lesson.ipynb", ["1 + 1"]);
  await ada.page.goto(notebookAddress("lesson.ipynb"));
  await ada.page.getByRole("button", { name: "Share" }).click();
  await ada.page.getByLabel("Add a group").selectOption("Statistics 1");
  await ada.page.getByLabel("What Statistics 1 may do").selectOption("editor");
  await ada.page.getByRole("listitem").filter({ hasText: "Statistics 1" }).getByRole("combobox").waitFor();
  assert.deepEqual(await seriousFaults(ada.page), []);
  await picture(ada.page, "share-group");

  await bob.page.goto(new URL("?view=shared", url).href);
  await bob.page.getByRole("link", { name: "lesson.ipynb" }).waitFor();
  await close(ada, bob);
});

test("a manager adds a list of people, hears who is not here, and takes one out", async () => {
  const ada = await openSignedIn(browser);
  await makeGroup(ada.page, "Team");
  await ada.page.getByLabel("Add people by the names they sign in with").fill("bob, eve\nnobody");
  await ada.page.getByRole("button", { name: "Add", exact: true }).click();
  await ada.page.getByText("2 people are in the group.").waitFor();
  await ada.page.getByText("Nobody here signs in as: nobody").waitFor();
  assert.equal(await ada.page.getByLabel("Add people by the names they sign in with").inputValue(), "nobody");
  await ada.page.getByLabel("Part of bob").selectOption("manager");
  await ada.page.getByRole("button", { name: "Take eve out" }).click();
  await ada.page.getByRole("button", { name: /Team/ }).getByText("2 people").waitFor();
  assert.deepEqual(await seriousFaults(ada.page), []);
  await picture(ada.page, "groups");
  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(groups);
  await bob.page.getByRole("button", { name: /Team/ }).getByText("Manager").waitFor();
  await close(ada, bob);
});

test("a group is deleted after a question, and an invitation that has ended says so", async () => {
  const ada = await openSignedIn(browser);
  await makeGroup(ada.page, "Short");
  await ada.page.getByRole("button", { name: "Make an invitation link" }).click();
  const link = await ada.page.getByLabel("Invitation link").inputValue();
  await ada.page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByText("Delete “Short”?").waitFor();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await ada.page.getByRole("button", { name: /Short/ }).waitFor({ state: "detached" });
  await ada.page.goto(link);
  await ada.page.getByText("This invitation does not hold (any more).").waitFor();
  await picture(ada.page, "join-ended");
  await ada.context.close();
});
