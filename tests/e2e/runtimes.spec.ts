// Several runtimes of one person: a notebook is given one of its own, and home lists them all.
import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, phone, picture, putNotebook, tool, url } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function run(page: Page, path: string, says: string): Promise<void> {
  await page.goto(notebookAddress(path));
  await cellAt(page, 0).locator(".cm-content").click({ timeout: 30_000 });
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText(says).waitFor({ timeout: 60_000 });
}

test("a notebook is given a runtime of its own, which home shows, renames and stops beside the other", async () => {
  await putNotebook("quick.ipynb", ["import os\nprint('long is here:', os.path.exists('/content/long'))"]);
  await putNotebook("long.ipynb", ["open('/content/long', 'w').close()\nprint('made')"]);
  const watched = await openSignedIn(browser, { viewport: { width: 1280, height: 900 } });
  const { page } = watched;
  await run(page, "quick.ipynb", "long is here: False");
  await run(page, "long.ipynb", "made");
  await page.getByRole("button", { name: /^RAM|Memory|in use/ }).first().waitFor();
  await page.locator(".nb-connect-more").click();
  const panel = page.getByRole("dialog", { name: "Runtime" });
  await panel.getByLabel("This notebook runs in").selectOption("A new one…");
  assert.equal(await panel.getByLabel("Name of the new runtime").inputValue(), "long");
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "runtime-choice");
  await panel.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("dialog", { name: "Run in another runtime?" }).getByRole("button", { name: "Use it" }).click();
  await page.getByText("The notebook runs there from the next cell on.").waitFor();
  await cellAt(page, 0).locator(".cm-content").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("import os; print('already here:', os.path.exists('/content/long'))");
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("already here: False").waitFor({ timeout: 60_000 });

  await page.goto(url);
  await page.getByRole("button", { name: /^2 runtimes/ }).click({ timeout: 30_000 });
  const dialog = page.getByRole("dialog", { name: "Your runtimes" });
  const one = dialog.getByRole("region", { name: "long" });
  await one.getByRole("link", { name: "long.ipynb" }).waitFor();
  await dialog.getByRole("region", { name: "Shared by your notebooks" }).getByRole("link", { name: "quick.ipynb" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "runtimes");
  await one.getByRole("button", { name: "Rename" }).click();
  await one.getByLabel("Name of the runtime").fill("training");
  await page.keyboard.press("Enter");
  const renamed = dialog.getByRole("region", { name: "training" });
  await renamed.getByRole("button", { name: "Stop the runtime" }).click();
  await renamed.getByRole("button", { name: "Stop the runtime" }).click();
  await renamed.waitFor({ state: "detached", timeout: 30_000 });
  assert.equal(((await (await call("GET", "api/notebook-runtime?notebook=long.ipynb")).json()) as { runtime: string }).runtime, "training");
  await run(page, "quick.ipynb", "long is here: True"); // what it made there before it was given another
  await watched.context.close();
  nothingWentWrong(watched);
});

// A package made by hand, as no index can be reached here.
const installs = `import subprocess, sys, zipfile
with zipfile.ZipFile("/content/herd-1.0-py3-none-any.whl", "w") as file:
    file.writestr("herd.py", "says = 'moo'")
    file.writestr("herd-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: herd\\nVersion: 1.0\\n")
    file.writestr("herd-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    file.writestr("herd-1.0.dist-info/RECORD", "herd.py,,\\nherd-1.0.dist-info/METADATA,,\\nherd-1.0.dist-info/WHEEL,,\\nherd-1.0.dist-info/RECORD,,\\n")
print(subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", "/content/herd-1.0-py3-none-any.whl"], capture_output=True, text=True).stdout)`;

test("packages that were installed are kept for the next runtime, and are no files among one's own", async () => {
  await putNotebook("installs.ipynb", [installs, "import herd\nherd.says"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await run(page, "installs.ipynb", "Successfully installed herd-1.0");
  const open = async () => {
    await page.getByRole("menuitem", { name: "Runtime" }).click();
    await page.getByRole("menuitem", { name: "Installed packages" }).click();
    return page.getByRole("dialog", { name: "Python packages you installed" });
  };
  let dialog = await open();
  await dialog.getByText("Installed here").waitFor({ timeout: 30_000 });
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "packages");
  await dialog.getByRole("button", { name: "Keep them" }).click();
  await dialog.getByRole("heading", { name: "Kept" }).waitFor({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  const all = (await (await call("GET", "api/runtimes")).json()) as { id: string; state: string }[];
  for (const { id } of all.filter(({ state }) => state !== "stopped")) assert.equal((await call("DELETE", `api/runtimes/${id}`)).status, 204);

  await page.goto(notebookAddress("installs.ipynb"));
  await cellAt(page, 1).locator(".cm-content").click({ timeout: 30_000 });
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 1).getByText("'moo'").waitFor({ timeout: 60_000 });
  dialog = await open();
  await dialog.getByRole("button", { name: "Forget all kept ones" }).click();
  await dialog.getByText("Nothing was installed here").waitFor({ timeout: 30_000 });
  await page.goto(url);
  await page.getByRole("row", { name: /installs\.ipynb/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /allmende/ }).count(), 0);
  await watched.context.close();
  nothingWentWrong(watched);
});

test("the choice fits on a phone in the dark", async () => {
  await putNotebook("small.ipynb", ["print(1)"]);
  const watched = await openSignedIn(browser, { ...phone, colorScheme: "dark" });
  const { page } = watched;
  await page.goto(notebookAddress("small.ipynb"));
  const pill = page.locator(".nb-connect-button");
  await pill.click({ timeout: 30_000 });
  await page.locator(".nb-connect-ready").click({ timeout: 60_000 });
  await page.getByLabel("This notebook runs in").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "runtime-choice-phone-dark");
  await watched.context.close();
  nothingWentWrong(watched);
});

test("a runtime is given an accelerator by the menu, ends for it on request, and shows what it has", async () => {
  const device = { name: "0", containerEdits: { env: ["MADE_UP=yes"], deviceNodes: [{ path: "/dev/made-up", hostPath: "/dev/full" }] } };
  const file = `/etc/cdi/allmende-e2e-${process.pid}.json`;
  await writeFile(join(process.env["ALLMENDE_DATA"]!, "tiers.toml"), '[tier.free]\ntitle = "Free"\naccelerators = ["nvidia.com/gpu"]\n', { mode: 0o644 });
  tool("tier", "read");
  await mkdir("/etc/cdi", { recursive: true });
  await writeFile(file, JSON.stringify({ cdiVersion: "0.6.0", kind: "nvidia.com/gpu", devices: [device] }));
  try {
    await putNotebook("accelerated.ipynb", ["import os\nprint('made up:', os.environ.get('MADE_UP'), os.path.exists('/dev/made-up'))"]);
    const watched = await openSignedIn(browser, { viewport: { width: 1280, height: 900 } });
    const { page } = watched;
    await run(page, "accelerated.ipynb", "made up: None False");
    const choose = async (name: RegExp, button: string) => {
      await page.getByRole("menuitem", { name: "Runtime" }).click();
      await page.getByRole("menuitem", { name: "Change runtime type" }).click();
      const dialog = page.getByRole("dialog", { name: "Change runtime type" });
      await dialog.getByRole("radio", { name }).check();
      assert.deepEqual(await seriousFaults(page), []);
      await picture(page, `runtime-type-${button.replaceAll(" ", "-")}`);
      await dialog.getByRole("button", { name: button, exact: true }).click();
      await dialog.waitFor({ state: "detached", timeout: 30_000 });
    };
    await choose(/nvidia\.com\/gpu/, "Save and end the runtime");
    await cellAt(page, 0).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    await outputOf(page, 0).getByText("made up: yes True").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: /^RAM|Memory|in use/ }).first().waitFor();
    await page.locator(".nb-connect-more").click();
    await page.getByRole("dialog", { name: "Runtime" }).getByText("Accelerator: nvidia.com/gpu=0").waitFor();
    await page.getByText("Free: 6.5 compute units an hour.").waitFor();
    await picture(page, "runtime-with-accelerator");
    await page.keyboard.press("Escape");
    await choose(/processors only/, "Save and end the runtime");
    assert.deepEqual(((await (await call("GET", "api/runtime-types")).json()) as { runtimes: unknown[] }).runtimes, []);
    await watched.context.close();
    nothingWentWrong(watched);
  } finally {
    await rm(file, { force: true });
  }
});
