// A web app that a cell starts: below the cell, in a tab, and on the screen of somebody to whom it is shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { seriousFaults } from "./accessibility.ts";
import { cellAt, launch, makeAccount, notebookAddress, nothingWentWrong, openSignedIn, outputOf, phone, picture, putNotebook, url } from "./support.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const app = `import http.server, threading
from google.colab import output

PAGE = b"""<!doctype html><meta charset=utf-8><title>The herd</title>
<style>body { font: 20px system-ui; margin: 2rem } button { font: inherit }</style>
<h1>The herd</h1><p id=n>nobody is counted</p><button onclick="fetch('/count').then(r => r.text()).then(t => n.textContent = t)">Count</button>"""

class App(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"42 goats" if self.path == "/count" else PAGE)
    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 6006), App)
threading.Thread(target=server.serve_forever, daemon=True).start()
output.serve_kernel_port_as_iframe(6006, height=260)`;

async function run(page: Page, path: string): Promise<void> {
  await page.goto(notebookAddress(path));
  await cellAt(page, 0).locator(".cm-content").click({ timeout: 30_000 });
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("Web app at port 6006").waitFor({ timeout: 60_000 });
}

test("a web app is used below its cell and in a tab, and seen by whom it is shown to until it is not", async () => {
  makeAccount("bob");
  await putNotebook("app.ipynb", [app]);
  const watched = await openSignedIn(browser, { viewport: { width: 1280, height: 900 } });
  const { page } = watched;
  await run(page, "app.ipynb");
  await outputOf(page, 0).getByRole("button", { name: "Show it here" }).click();
  const framed = outputOf(page, 0).frameLocator("iframe");
  await framed.getByRole("button", { name: "Count" }).click({ timeout: 30_000 });
  await framed.getByText("42 goats").waitFor();
  await picture(page, "web-app-below-its-cell");

  await page.getByRole("menuitem", { name: "Runtime" }).click();
  await page.getByRole("menuitem", { name: "Web apps" }).click();
  const dialog = page.getByRole("dialog", { name: "Web apps in this runtime" });
  await dialog.getByText("Port 6006").waitFor();
  const opened = watched.context.waitForEvent("page");
  await dialog.getByRole("button", { name: "Open" }).first().click();
  const tab = await opened;
  await tab.getByRole("button", { name: "Count" }).click({ timeout: 30_000 });
  await tab.getByText("42 goats").waitFor();
  assert.match(tab.url(), /^http:\/\/app-[0-9a-f]{20}\.localhost:\d+\/$/, "the ticket is not in the address any more");
  assert.equal(await tab.evaluate(() => document.cookie), "", "the pass is not the app's to read");
  await tab.reload();
  await tab.getByText("nobody is counted").waitFor();

  await dialog.getByLabel("Name of a person").fill("bob");
  await dialog.getByRole("button", { name: "Show to them" }).click();
  await dialog.getByRole("button", { name: "Show to bob no longer" }).waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "web-apps");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "web-apps-dark");
  const link = new URL(`preview/${new URL(tab.url()).hostname.split(".")[0] ?? ""}`, url).href;
  const others = await openSignedIn(browser, phone, "bob");
  await others.page.goto(link);
  await others.page.getByRole("button", { name: "Count" }).tap({ timeout: 30_000 });
  await others.page.getByText("42 goats").waitFor();
  await dialog.getByRole("button", { name: "Show to bob no longer" }).click();
  await dialog.getByRole("button", { name: "Show to bob no longer" }).waitFor({ state: "detached" });
  await others.page.goto(link);
  await others.page.getByText("This web app is not there any more").waitFor();
  await others.context.close();

  await dialog.getByRole("button", { name: "Stop showing" }).click();
  await dialog.getByRole("button", { name: "Stop showing" }).waitFor({ state: "detached" });
  await tab.reload();
  await tab.getByText("This web app is not there any more").waitFor();
  await picture(tab, "web-app-gone");
  await watched.context.close();
  assert.deepEqual(watched.faults.filter((fault) => !fault.startsWith("request to http://app-")), []);
});

test("a port at which nothing listens yet is shown as soon as something does, in the language of the browser", async () => {
  await putNotebook("late.ipynb", ["print('runs')", app.replaceAll("6006", "7007")]);
  const watched = await openSignedIn(browser, { ...phone, locale: "de-DE" });
  const { page } = watched;
  await page.goto(notebookAddress("late.ipynb"));
  await cellAt(page, 0).locator(".cm-content").tap({ timeout: 30_000 });
  await page.keyboard.press("Control+Enter");
  await outputOf(page, 0).getByText("runs").waitFor({ timeout: 60_000 });
  await page.keyboard.press("Control+Shift+P");
  await page.getByRole("combobox").fill("Web-Apps");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Web-Apps in dieser Laufzeit" });
  await dialog.getByLabel("Anderer Port").fill("7007");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - 390), 0, "the page is as wide as the phone");
  await picture(page, "web-apps-phone-german");
  const opened = watched.context.waitForEvent("page");
  await page.keyboard.press("Enter");
  const tab = await opened;
  await tab.getByText("An diesem Port antwortet nichts").waitFor({ timeout: 30_000 });
  await page.keyboard.press("Escape");
  await cellAt(page, 1).locator(".cm-content").tap();
  await page.keyboard.press("Control+Enter");
  await tab.getByText("nobody is counted").waitFor({ timeout: 60_000 });
  await watched.context.close();
  nothingWentWrong(watched);
});
