// The staff's page of the machine: who runs what, ending it with a reason, giving a tier with a budget and compute units.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { call, launch, makeAccount, nothingWentWrong, openSignedIn, phone, picture, until, url } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
  makeAccount("bob");
  makeAccount("rita", "--admin");
});
after(() => browser.close());

const machine = new URL("machine", url).href;

test("a runtime is seen and ended with a reason, which its person reads", async () => {
  assert.ok((await call("POST", "api/runtimes", {})).ok);
  const rita = await openSignedIn(browser, {}, "rita");
  const { page } = rita;
  await page.goto(machine);
  await page.getByRole("meter", { name: "Memory that is promised" }).waitFor();
  await page.getByRole("region", { name: "Runtimes" }).getByRole("row", { name: /ada/ }).getByText("runs").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "machine");
  await page.getByRole("button", { name: "Stop the runtime of ada" }).click();
  await page.getByLabel("Why; the person reads it").first().fill("The machine gets new memory tonight.");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Runtimes" }).getByRole("row", { name: /ada/ }).waitFor({ state: "detached", timeout: 30_000 });
  const ended = ((await (await call("GET", "api/runtimes")).json()) as { reason: string; message: string }[])[0];
  assert.deepEqual([ended?.reason, ended?.message], ["stopped_by_operator", "The machine gets new memory tonight."]);
  await rita.context.close();
  nothingWentWrong(rita);
});

test("a group is given a tier with a budget, and an account compute units", async () => {
  const group = (await (await call("POST", "api/groups", { title: "Statistics 1" })).json()) as { id: string };
  const rita = await openSignedIn(browser, {}, "rita");
  const { page } = rita;
  await page.goto(machine);
  await page.getByText("Give a tier").click();
  const form = page.locator("details", { hasText: "Give a tier" });
  await form.getByLabel("To whom").selectOption({ label: "Statistics 1 (1)" });
  await form.getByLabel("Tier").selectOption("Pro");
  await form.getByLabel("Compute units for all together").fill("40");
  await form.getByLabel("For how many days").fill("90");
  await form.getByLabel("Why; the person reads it").fill("winter term");
  await form.getByRole("button", { name: "Give" }).click();
  await form.getByText("It is given.").waitFor();
  const quota = (await (await call("GET", "api/quota")).json()) as { tier: { name: string }; budget: { units: number; title: string } };
  assert.deepEqual([quota.tier.name, quota.budget.title, quota.budget.units], ["pro", "Statistics 1", 40]);
  await page.getByText("Give compute units").click();
  const units = page.locator("details", { hasText: "Give compute units" });
  await units.getByLabel("Account").fill("nobody");
  await units.getByLabel("How many").fill("5");
  await units.getByLabel("Why; the person reads it").fill("the machine was down");
  await units.getByRole("button", { name: "Give" }).click();
  await units.getByText("there is no account 'nobody'").waitFor();
  await units.getByLabel("Account").fill("bob");
  await units.getByRole("button", { name: "Give" }).click();
  await units.getByText("It is given.").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "machine-giving");
  await until(async () => ((await (await call("GET", "api/quota")).json()) as { tier: { name: string } }).tier.name, (tier) => tier === "pro", "the tier holds");
  assert.equal((await call("DELETE", `api/groups/${group.id}`)).status, 204);
  await rita.context.close();
});

test("it is the staff's alone, and fits on a phone in the dark, in German", async () => {
  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(machine);
  await bob.page.getByText("This page is for those who administer this Allmende.").waitFor();
  await bob.context.close();
  const rita = await openSignedIn(browser, { ...phone, colorScheme: "dark", locale: "de-DE" }, "rita");
  await rita.page.goto(machine);
  await rita.page.getByRole("heading", { name: "Die Maschine betreuen" }).waitFor();
  assert.deepEqual(await seriousFaults(rita.page), []);
  assert.equal(await rita.page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  await picture(rita.page, "machine-phone-dark-german");
  await rita.context.close();
});

test("an account is made with a link, closed with a reason, opened again, and deleted by its name", async () => {
  const rita = await openSignedIn(browser, {}, "rita");
  const { page } = rita;
  await page.goto(machine);
  await page.getByText("Make an account").click();
  await page.getByLabel("Name to sign in with").fill("newcomer");
  await page.keyboard.press("Enter");
  await page.getByText("newcomer has an account.").waitFor();
  const link = await page.getByLabel("The link").inputValue();
  const theirs = await browser.newContext();
  const newcomer = await theirs.newPage();
  await newcomer.goto(link);
  await newcomer.getByRole("button", { name: "Later" }).click();
  await newcomer.getByRole("button", { name: "New notebook" }).waitFor();
  const row = page.getByRole("row", { name: /newcomer/ });
  await page.getByLabel("Find somebody").fill("newc");
  await picture(page, "people");
  assert.deepEqual(await seriousFaults(page), []);
  await row.getByRole("button", { name: "Close: newcomer" }).click();
  await row.getByLabel("Why; the person reads it").fill("The course is over.");
  await page.keyboard.press("Enter");
  await page.getByText("newcomer is closed").waitFor();
  await newcomer.reload();
  await newcomer.getByRole("button", { name: "Sign in" }).waitFor();
  await row.getByRole("button", { name: "Open again: newcomer" }).click();
  await page.getByText("newcomer is open again.").waitFor();
  await row.getByRole("button", { name: "Close: newcomer" }).click();
  await row.getByLabel("Why; the person reads it").fill("The course is over.");
  await page.keyboard.press("Enter");
  await row.getByRole("button", { name: "Delete: newcomer" }).click();
  await row.getByLabel("Write newcomer to delete it").fill("newcome");
  assert.ok(await row.getByRole("button", { name: "Delete" }).isDisabled());
  await row.getByLabel("Write newcomer to delete it").fill("newcomer");
  await picture(page, "people-delete");
  await page.keyboard.press("Enter");
  await page.getByText("newcomer is deleted.").waitFor();
  await page.getByText("Nobody of that name.").waitFor();
  await theirs.close();
  await rita.context.close();
  nothingWentWrong(rita);
});

test("of many accounts some are shown at a time, and one is found by a part of its name", async () => {
  for (let made = 0; made < 60; made += 1) makeAccount(`pupil-${String(made).padStart(2, "0")}`);
  const rita = await openSignedIn(browser, {}, "rita");
  const { page } = rita;
  await page.goto(machine);
  const people = page.getByRole("region", { name: "People" }).getByRole("row");
  await page.getByRole("button", { name: /^\d+ more$/ }).click();
  await page.getByRole("button", { name: /^\d+ more$/ }).waitFor({ state: "detached" });
  await until(() => people.count(), (rows) => rows > 60, "all are there");
  await page.getByLabel("Find somebody").fill("PUPIL-59");
  await until(() => people.count(), (rows) => rows === 2, "one is there, below the head");
  await page.getByRole("row", { name: /pupil-59/ }).waitFor();
  await rita.context.close();
  nothingWentWrong(rita);
});

test("new runtimes are not let in for a reason that is read by who waits, and are let in again", async () => {
  const rita = await openSignedIn(browser, {}, "rita");
  const { page } = rita;
  await page.goto(machine);
  await page.getByRole("button", { name: "Let no new runtimes in" }).click();
  await page.getByLabel("Why; those who wait read it").fill("New memory is put in tonight.");
  await page.keyboard.press("Enter");
  await page.getByText("No new runtimes are let in:").waitFor();
  const bob = await openSignedIn(browser, {}, "bob");
  await bob.page.goto(url);
  await bob.page.getByRole("button", { name: "New notebook" }).first().click();
  await bob.page.locator(".nb-connect-button").click({ timeout: 30_000 });
  await bob.page.getByText("Waits: nobody is let in just now").waitFor();
  await bob.page.locator(".nb-connect-more").click();
  await bob.page.getByText("New memory is put in tonight.").waitFor();
  await picture(bob.page, "queue-paused");
  await picture(page, "machine-paused");
  await page.getByRole("button", { name: "Let them in again" }).click();
  await bob.page.locator(".nb-connect-ready").waitFor({ timeout: 60_000 });
  for (const each of [rita, bob]) {
    await each.context.close();
    nothingWentWrong(each);
  }
});
