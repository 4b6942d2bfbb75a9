// What a person does with a network: installs what is missing, and sees what their runtime may reach. The network is tests/with_world's.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, phone, picture, putNotebook, tool, url } from "./support.ts";

const data = process.env["ALLMENDE_DATA"] ?? "";
const index = "--index-url http://packages.test/simple --trusted-host packages.test";

let browser: Browser;
before(async () => {
  writeFileSync(join(data, "tiers.toml"), '[tier.free]\ntitle = "Free"\n[tier.open]\nnetwork = "egress"\nreach = ["10.9.0.0/24"]\n', { mode: 0o644 });
  tool("tier", "read");
  tool("tier", "grant", "open", "--account", "ada", "--reason", "a course on packages");
  browser = await launch();
});
after(async () => {
  tool("tier", "grant", "free", "--account", "ada", "--reason", "the course is over");
  await browser.close();
});

test("a package that is missing is installed from a cell and used in the next, and the panel says what was downloaded", async () => {
  assert.ok(process.env["ALLMENDE_WORLD"], "run this under tests/with_world");
  await putNotebook("packages.ipynb", ["import greeting_from_outside", `%pip install ${index} greeting-from-outside`, "import greeting_from_outside\ngreeting_from_outside.greet()"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("packages.ipynb"));
  for (const [cell, words] of [[0, "No module named 'greeting_from_outside'"], [1, "Successfully installed greeting-from-outside-1.0"], [2, "'installed'"]] as const) {
    await cellAt(page, cell).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    await outputOf(page, cell).filter({ hasText: words }).waitFor({ timeout: 60_000 });
  }
  await picture(page, "network-installed");
  await page.getByRole("button", { name: "About the runtime" }).click();
  await page.getByRole("dialog", { name: "Runtime" }).getByText(/Network: the internet · [\d.]+ [KM]iB received/).waitFor({ timeout: 30_000 });
  await picture(page, "network-panel");
  await watched.context.close();
  nothingWentWrong(watched);
});

test("the page of use and limits says what may be reached", async () => {
  for (const [look, more] of [["light", {}], ["phone", phone]] as const) {
    const watched = await openSignedIn(browser, more);
    await watched.page.goto(`${url}?view=account#limits`);
    await watched.page.getByText("The public internet and 10.9.0.0/24").waitFor();
    await picture(watched.page, `network-limits-${look}`);
    await watched.context.close();
    nothingWentWrong(watched);
  }
});
