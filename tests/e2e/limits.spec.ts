// What a person may use and how they wait for it: the queue of a full machine, an end that is announced, and the page of use and limits.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFaults } from "./accessibility.ts";
import { call, cellAt, launch, makeAccount, notebookAddress, nothingWentWrong, openSignedIn, outputOf, phone, picture, putNotebook, tool, until, url } from "./support.ts";

const data = process.env["ALLMENDE_DATA"] ?? "";

let browser: Browser;
before(async () => {
  // A runtime is more than half of what may be promised: one has room.
  const all = Number(/of ([\d.]+) GB promised/.exec(tool("runtime", "list"))?.[1]);
  writeFileSync(join(data, "tiers.toml"), `[tier.free]\ntitle = "Free"\nmemory = "${Math.round(all * 0.6 * 1024)} MB"\n[tier.brief]\nidle = "3m"\nidle_when_needed = "1m"\nunits = 30.0\n`, { mode: 0o644 });
  tool("tier", "read");
  makeAccount("bob");
  browser = await launch();
});
after(() => browser.close());

test("when all places are taken a person sees theirs in the queue, leaves it, comes again, and it begins by itself", async () => {
  const bob = tool("token", "create", "--account", "bob", "--name", "tests");
  const asBob = (method: string, path: string) => fetch(new URL(path, url), { method, headers: { Authorization: `token ${bob}`, "Content-Type": "application/json" }, ...(method === "POST" ? { body: "{}" } : {}) });
  const { id } = (await (await asBob("POST", "api/runtimes")).json()) as { id: string };
  await putNotebook("waits.ipynb", ["print(6 * 7)"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("waits.ipynb"));
  const connect = page.locator(".nb-connect-button");
  await connect.click({ timeout: 30_000 });
  await connect.filter({ hasText: "Place 1 of 1" }).waitFor();
  await page.getByRole("button", { name: "About the runtime" }).click();
  const panel = page.getByRole("dialog", { name: "Runtime" });
  await panel.getByText("All places are taken.").waitFor();
  await picture(page, "limits-queue");
  await panel.getByRole("button", { name: "Leave the queue" }).click();
  await page.getByText("taken out of the queue").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Try again" }).click();
  await connect.filter({ hasText: "Place 1 of 1" }).waitFor();
  assert.equal((await asBob("DELETE", `api/runtimes/${id}`)).status, 204);
  await until(() => connect.getAttribute("class"), (names) => names?.includes("nb-connect-ready") ?? false, "the runtime comes when it is its turn");
  await cellAt(page, 0).locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).filter({ hasText: "42" }).waitFor();
  await watched.context.close();
  nothingWentWrong(watched);
});

test("an end that comes because nothing runs is announced with a count-down, and the person keeps the runtime", async () => {
  tool("tier", "grant", "brief", "--account", "ada", "--reason", "a course on limits");
  for (const { id, state } of (await (await call("GET", "api/runtimes")).json()) as { id: string; state: string }[]) if (state !== "stopped") await call("DELETE", `api/runtimes/${id}`);
  await putNotebook("idles.ipynb", ["print('here')"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("idles.ipynb"));
  await cellAt(page, 0).locator(".cm-content").click({ timeout: 30_000 });
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).filter({ hasText: "here" }).waitFor();
  const bar = page.getByRole("region", { name: "Message" }).filter({ hasText: "Nothing runs: the runtime ends in" });
  await bar.waitFor({ timeout: 60_000 });
  assert.match((await bar.textContent()) ?? "", /ends in [12] min/);
  await picture(page, "limits-idle");
  await page.getByRole("button", { name: "About the runtime" }).click();
  await page.getByRole("dialog", { name: "Runtime" }).getByText("Compute units for").waitFor();
  await picture(page, "limits-panel");
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Keep it going" }).click();
  await bar.waitFor({ state: "detached" });
  await watched.context.close();
  nothingWentWrong(watched);
});

test("the account page shows what one may use and has used, in light, dark and on a phone", async () => {
  for (const [name, options] of [["limits-account", {}], ["limits-account-dark", { colorScheme: "dark" as const }], ["limits-account-phone", phone]] as const) {
    const watched = await openSignedIn(browser, options);
    const { page } = watched;
    await page.goto(new URL("?view=account#limits", url).href);
    const limits = page.getByRole("region", { name: "Use and limits" });
    await limits.getByText("of 30 compute units used").waitFor();
    await limits.getByText("a course on limits").waitFor();
    await limits.scrollIntoViewIfNeeded();
    await picture(page, name);
    assert.deepEqual(await seriousFaults(page), []);
    await watched.context.close();
    nothingWentWrong(watched);
  }
});
