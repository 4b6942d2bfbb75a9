// What the browser tests share: one Chromium, people signed in to a fresh Allmende, and a watch for what must never happen on our page.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests through tests/e2e/run`);
  return value;
}

export const url: string = needed("ALLMENDE_URL");
export const token: string = needed("ALLMENDE_TOKEN");
export const password: string = needed("ALLMENDE_PASSWORD");
export const signInLink: string = needed("ALLMENDE_SIGN_IN_LINK");

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

// `keepsLeftPages` as browsers do for people: a page that was left stays in memory for the Back button, which Playwright forbids otherwise.
export function launch({ keepsLeftPages = false } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    ignoreDefaultArgs: keepsLeftPages ? ["--disable-back-forward-cache"] : [],
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// A page together with what went wrong on it: violations of the CSP, uncaught exceptions, and requests to other servers.
export interface Watched {
  context: BrowserContext;
  page: Page;
  faults: string[];
}

export async function open(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    if (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).host !== new URL(url).host) faults.push(`request to ${request.url()}`);
  });
  await page.exposeFunction("allmendeReportsViolation", (text: string) => faults.push(`csp: ${text}`));
  await page.addInitScript(() => {
    if (window.top !== window) return;
    document.addEventListener("securitypolicyviolation", (event) => {
      void (window as unknown as { allmendeReportsViolation(text: string): void }).allmendeReportsViolation(
        `${event.violatedDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  return { context, page, faults };
}

// Runs in the page at `login`: signs in, as `ada` when no name is given.
export async function signIn(secret: string | { name: string; secret: string }): Promise<number> {
  const xsrf = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const reply = await fetch("/api/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-XSRFToken": decodeURIComponent(xsrf) },
    body: JSON.stringify(typeof secret === "string" ? { name: "ada", password: secret } : { name: secret.name, password: secret.secret }),
  });
  return reply.status;
}

// The same, signed in: as the account `ada`, unless another one is named.
export async function openSignedIn(browser: Browser, options: BrowserContextOptions = {}, name = "ada"): Promise<Watched> {
  const watched = await open(browser, options);
  await watched.page.goto(new URL("login", url).href);
  const status = await watched.page.evaluate(signIn, { name, secret: password });
  assert.equal(status, 200, `${name} signs in`);
  return watched;
}

// Another account with the same password, as the operator makes it.
export function makeAccount(name: string, ...flags: "--admin"[]): void {
  const made = spawnSync(join(needed("ALLMENDE_BIN"), "allmende"), ["--data", needed("ALLMENDE_DATA"), "account", "create", name, "--password-stdin", ...flags], { input: `${password}\n`, encoding: "utf8", timeout: 60_000 });
  assert.equal(made.status, 0, made.stderr);
}

// What `allmende WORDS` prints, by whoever runs the house.
export function tool(...words: string[]): string {
  const done = spawnSync(join(needed("ALLMENDE_BIN"), "allmende"), ["--data", needed("ALLMENDE_DATA"), ...words], { encoding: "utf8", timeout: 60_000 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}

export async function call(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(new URL(path, url), {
    method,
    headers: { Authorization: `token ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export type Cell = string | { text: string };

// Puts a notebook on ada's drive: strings become code cells, {text} text cells.
export async function putNotebook(path: string, cells: Cell[]): Promise<void> {
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
    cells: cells.map((cell, i) =>
      typeof cell === "string"
        ? { id: `cell-${i}`, cell_type: "code", metadata: {}, source: cell, outputs: [], execution_count: null }
        : { id: `cell-${i}`, cell_type: "markdown", metadata: {}, source: cell.text },
    ),
  };
  const reply = await call("PUT", `api/contents/${encodeURI(path)}`, { type: "notebook", format: "json", content });
  assert.ok(reply.ok, `putting ${path} gave ${reply.status}`);
}

// Polls what the page says until it is as wanted.
export async function until<T>(ask: () => Promise<T>, isWanted: (value: T) => boolean, what: string): Promise<T> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const value = await ask();
    if (isWanted(value)) return value;
    assert.ok(Date.now() < deadline, `${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Keeps a picture under build/pictures for people to look at.
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync("build/pictures", { recursive: true });
  await page.screenshot({ path: `build/pictures/${name}.png` });
}

export function nothingWentWrong(watched: Watched): void {
  assert.deepEqual(watched.faults, []);
}

export const notebookAddress = (path: string): string => new URL(`notebooks/${encodeURI(path)}`, url).href;
// The cell at this place of the notebook, from 0, and all that it showed.
export const cellAt = (page: Page, at: number): Locator => page.locator(`.jp-Notebook-cell[data-windowed-list-index="${at}"]`);
export const outputOf = (page: Page, at: number): Locator => cellAt(page, at).locator(".jp-Cell-outputWrapper .jp-OutputArea");
