// Outputs that mean harm, whether a cell has just made them or a notebook brings them along: they act in their frame or not at all.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, picture, until, type Watched } from "./support.ts";
import { attempts, refused, reaching, type Attempt, type Bundle } from "./hostile.ts";

// Somewhere else: a server of another origin that nothing of ours may greet, neither by HTTP nor, at the same port, as calls between browsers begin.
// (Chromium connects ahead of a navigation that the policy then forbids; on that connection nothing is said.)
interface Elsewhere {
  readonly address: string;
  readonly greetings: string[];
  close(): void;
}

async function somewhereElse(): Promise<Elsewhere> {
  const greetings: string[] = [];
  const server = createServer((request, response) => {
    greetings.push(`${request.method} ${request.url}`);
    response.setHeader("Access-Control-Allow-Origin", "*").end("<title>elsewhere</title>");
  });
  const socket = createSocket("udp4", () => greetings.push("a call"));
  await once(socket.bind(0, "127.0.0.1"), "listening");
  const { port } = socket.address();
  await once(server.listen(port, "127.0.0.1"), "listening");
  const close = () => {
    server.close();
    socket.close();
  };
  return { address: `http://127.0.0.1:${port}/`, greetings, close };
}

let browser: Browser;
let elsewhere: Elsewhere;
let untouched: Looks;
before(async () => {
  elsewhere = await somewhereElse();
  browser = await launch();
  const watched = await open("harmless.ipynb", []);
  untouched = await looksOf(watched.page);
  await close(watched);
});
after(async () => {
  await browser.close();
  elsewhere.close();
});

const nthOutput = (page: Page, nth: number): Locator => outputOf(page, 0).locator("> .jp-OutputArea-child").nth(nth);
const frameIn = (place: Locator): FrameLocator => place.locator("iframe").contentFrame();
const bringNear = (place: Locator): Promise<void> => place.evaluate((element) => element.scrollIntoView({ block: "center" })); // frames rest while nobody sees them

// Ada's page with a notebook as somebody else saved it: its first cell has these outputs, and makes them anew when it is run. The second makes 42.
async function open(path: string, bundles: Bundle[]): Promise<Watched> {
  const source = `import json\nfrom IPython.display import publish_display_data\nfor bundle in json.loads(${JSON.stringify(JSON.stringify(bundles))}): publish_display_data(bundle)`;
  const outputs = bundles.map((data) => ({ output_type: "display_data", metadata: {}, data }));
  const cell = { cell_type: "code", metadata: { trusted: true }, execution_count: null };
  const metadata = { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } };
  const cells = [{ ...cell, id: "makes", source, outputs }, { ...cell, id: "goes-on", source: "6 * 7", outputs: [] }];
  const reply = await call("PUT", `api/contents/${path}`, { type: "notebook", format: "json", content: { nbformat: 4, nbformat_minor: 5, metadata, cells } });
  assert.ok(reply.ok, `putting ${path} gave ${reply.status}`);
  const watched = await openSignedIn(browser);
  await watched.page.goto(notebookAddress(path));
  await watched.page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
  return watched;
}

async function runCell(page: Page, at: number): Promise<void> {
  await cellAt(page, at).locator(".cm-content").focus(); // a click so soon after scrolling may still hit the frame that was there
  await page.keyboard.press("Control+Enter");
  await cellAt(page, at).locator(".al-run[data-run=done]").waitFor({ timeout: 60_000 });
}

// Nobody elsewhere was asked for anything, and nothing went wrong on the page but what was to be held back.
async function close(watched: Watched, held: readonly string[] = []): Promise<void> {
  await watched.context.close();
  for (const { id } of (await (await call("GET", "api/kernels")).json()) as { id: string }[]) await call("DELETE", `api/kernels/${id}`);
  assert.deepEqual(elsewhere.greetings, []);
  // Chromium tells of what a frame attempted as if it had been asked for; nobody was. And the page hears of the policy by which it holds its frames.
  const expected = [`request to ${elsewhere.address}`, "csp: frame-src blocked ", ...held];
  nothingWentWrong({ ...watched, faults: watched.faults.filter((fault) => !expected.some((beginning) => fault.startsWith(beginning))) });
}

// What of the page an output would change if it got out of its place.
interface Looks {
  readonly parts: Record<string, string>;
  readonly isCovered: boolean;
  readonly marks: string[];
}

function looksOf(page: Page): Promise<Looks> {
  return page.evaluate(() => {
    const styleOf = (selector: string) => {
      const { display, position, color, backgroundColor, fontSize, fontFamily, visibility, opacity, transform } = getComputedStyle(document.querySelector(selector)!);
      return [display, position, color, backgroundColor, fontSize, fontFamily, visibility, opacity, transform].join(" ");
    };
    const header = document.querySelector(".nb-header")!;
    const { x, y, width, height } = header.getBoundingClientRect();
    const texts = [...document.querySelectorAll("body, body *")]
      .filter((each) => !each.closest(".jp-OutputArea, .jp-InputArea, script"))
      .flatMap((each) => [...each.childNodes].map((child) => (child instanceof Text ? child.data : "")));
    const marked = { title: document.title, cookie: document.cookie, storage: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage), text: texts.join(" "), global: Object.keys(globalThis).join(" ") };
    const active = "script, object, embed, form:not(.vega-bindings), base, meta, link, iframe:not(.al-frame), [srcdoc], a[href^='javascript:' i], a[*|href^='javascript:' i]";
    const inOutputs = [...document.querySelectorAll(".jp-OutputArea *")].filter((each) => each.matches(active) || [...each.attributes].some(({ name }) => /^on/i.test(name)));
    return {
      parts: Object.fromEntries(["html", "body", ".nb", ".nb-header", ".jp-Notebook", ".jp-Cell .cm-content"].map((part) => [part, styleOf(part)])),
      isCovered: !header.contains(document.elementFromPoint(x + width / 2, y + height / 2)),
      marks: [...Object.entries(marked).filter(([, text]) => text.includes("stolen")).map(([name]) => name), ...inOutputs.map((each) => each.outerHTML)],
    };
  });
}

// Has the output do what it is up to: shows it, waits until it stands there, and presses what it wants pressed.
async function undergo(output: Locator, { isThere, press }: Attempt): Promise<void> {
  await bringNear(output);
  await isThere(output).first().waitFor({ state: "attached" });
  if (press) await press(output).first().click();
}

// Both ways an output gets onto the page: saved by somebody, and made by a cell. Then the page still does what it is there for.
async function bothWays(page: Page, proves: (origin: string) => Promise<void>): Promise<void> {
  await proves("as it was saved");
  await runCell(page, 0);
  await proves("as a cell made it");
  await runCell(page, 1);
  await outputOf(page, 1).getByText("42", { exact: true }).waitFor();
}

for (const [promise, make] of Object.entries(attempts)) {
  test(promise, async () => {
    const name = promise.split(" ")[0]!;
    const all = make(elsewhere.address);
    const watched = await open(`${name}.ipynb`, all.map(({ bundle }) => bundle));
    const { page, context } = watched;
    await bothWays(page, async (origin) => {
      for (const [nth, attempt] of all.entries()) await undergo(nthOutput(page, nth), attempt);
      assert.deepEqual(await looksOf(page), untouched, origin);
      const around = [page.url(), await page.title(), context.pages().length, await page.getByRole("dialog").count()];
      assert.deepEqual(around, [notebookAddress(`${name}.ipynb`), `${name} – Allmende`, 1, 0], origin);
    });
    await picture(page, `hostile-${name}`);
    await close(watched, all.flatMap(({ held }) => held ?? []));
  });
}

test("a plot does not hear what is typed", async () => {
  const hears = (events: string) => ({ events, update: "heard + event.key" });
  const heard = { name: "heard", value: "nothing", on: [hears("window:keydown"), hears("body:keydown"), hears(".cm-content:keydown"), { events: "window:pointermove", update: "heard + ' but the pointer'" }] };
  const watched = await open("plot.ipynb", [{ "application/vnd.vega.v5+json": { width: 400, height: 40, signals: [heard], marks: [{ type: "text", encode: { update: { y: { value: 20 }, text: { signal: "heard" } } } }] } }]);
  const { page } = watched;
  const text = nthOutput(page, 0).locator("svg text");
  await text.getByText("nothing").waitFor();
  await cellAt(page, 1).locator(".cm-content").click();
  await page.keyboard.type("secret");
  await page.mouse.move(700, 400);
  await text.filter({ hasText: "but the pointer" }).waitFor();
  assert.match((await text.textContent()) ?? "", /^nothing( but the pointer)+$/);
  await close(watched);
});

const html = (text: string): Bundle => ({ "text/html": text, "text/plain": "HTML" });

test("a script in an output reaches neither the page, nor the account, nor anybody else", async () => {
  const watched = await open("reaching.ipynb", [html(reaching(elsewhere.address))]);
  const { page, context } = watched;
  await bothWays(page, async (origin) => {
    const said = frameIn(nthOutput(page, 0)).locator(".said");
    await said.filter({ hasText: "{" }).waitFor();
    assert.deepEqual(JSON.parse(await said.innerText()), refused, origin);
    assert.deepEqual([page.url(), context.pages().length, await page.getByRole("dialog").count()], [notebookAddress("reaching.ipynb"), 1, 0]);
  });
  await close(watched);
});

// Animation frames the page gets done in a second.
const framesInASecond = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        let count = 0;
        const step = () => {
          count += 1;
          if (performance.now() - begun > 1000) resolve(count);
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  );

// Frames share a process with each other, not with the page: an output that wants all of its time has a notebook of its own.
test("outputs that want all of the page's time or room do not get them", async () => {
  const watched = await open("greedy.ipynb", [
    html(`<p>flood</p><script>setInterval(() => { for (let i = 0; i < 200; i += 1) { parent.postMessage("allmende-frame-ready", "*"); parent.postMessage({ t: "size", height: 9e9 }, "*"); } }, 4)</script>`),
    html(`<div class="grows" style="height: calc(100vh + 50px)">growth</div><script>let height = 100; setInterval(() => { height += 5000; document.querySelector(".grows").style.minHeight = height + "px"; }, 4)</script>`),
  ]);
  const { page } = watched;
  const [flood, growth] = [nthOutput(page, 0), nthOutput(page, 1)];
  const height = async () => (await growth.locator("iframe").boundingBox())?.height ?? 0;
  await bothWays(page, async () => {
    await bringNear(growth);
    await until(height, (now) => now > 500, "content may grow");
    assert.ok((await height()) <= 2000, "and has an end");
    await bringNear(flood);
    await flood.getByText("This output sent the page more than it can take and was stopped.").waitFor();
    assert.equal(await flood.locator("iframe").count(), 0);
    assert.ok((await framesInASecond(page)) > 10, "the page goes on while it is flooded");
  });
  await picture(page, "hostile-greedy");
  await close(watched);
});

test("a frame that leaves is stopped and can be shown again", async () => {
  const watched = await open("leaves.ipynb", [html(`<p>here</p><script>location.href = "${elsewhere.address}"</script>`)]);
  const leaving = nthOutput(watched.page, 0);
  await bothWays(watched.page, async () => {
    await leaving.getByText("This output left its place for another page and was stopped.").waitFor();
    assert.deepEqual([await leaving.locator("iframe").count(), await leaving.getByRole("button", { name: "Show it again" }).count()], [0, 1]);
  });
  await close(watched);
});

test("a frame that never rests does not hold up the page", async () => {
  const watched = await open("busy.ipynb", [html("<p>busy</p><script>setTimeout(() => { for (;;); }, 100)</script>")]);
  await bothWays(watched.page, async () => {
    await nthOutput(watched.page, 0).locator("iframe").waitFor();
    assert.ok((await framesInASecond(watched.page)) > 10);
  });
  await close(watched);
});
