// What code shows: each kind of output as a person expects it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Browser, BrowserContextOptions, FrameLocator, Locator, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, picture, putNotebook, until, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const nthOutput = (page: Page, at: number, nth: number): Locator => outputOf(page, at).locator("> .jp-OutputArea-child").nth(nth);
const frameIn = (place: Locator): FrameLocator => place.locator("iframe").contentFrame();
const hasRun = (page: Page, at: number): Promise<void> => cellAt(page, at).locator(".al-run:is([data-run=done], [data-run=error])").waitFor({ timeout: 90_000 });

async function visit(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await openSignedIn(browser, options);
  await watched.page.goto(notebookAddress(path));
  await watched.page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
  return watched;
}

// Ada's page with a notebook of these cells, each of which has run.
async function run(path: string, cells: Cell[], options: BrowserContextOptions = {}): Promise<Watched> {
  await putNotebook(path, cells);
  const watched = await visit(path, options);
  for (const [at, cell] of cells.entries()) {
    if (typeof cell !== "string") continue;
    await cellAt(watched.page, at).locator(".cm-content").click();
    await watched.page.keyboard.press("Control+Enter");
    await hasRun(watched.page, at);
  }
  return watched;
}

async function endKernels(): Promise<void> {
  for (const { id } of (await (await call("GET", "api/kernels")).json()) as { id: string }[]) await call("DELETE", `api/kernels/${id}`);
}

async function close(watched: Watched): Promise<void> {
  await watched.context.close();
  await endKernels();
  nothingWentWrong(watched);
}

type Colour = readonly [number, number, number];

// The colour of a drawn picture at a place, as fractions of its width and height.
const colourAt = (image: Locator, across: number, down: number): Promise<Colour> =>
  image.evaluate(
    async (element, [x, y]) => {
      const picture = element as HTMLImageElement;
      await picture.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: picture.naturalWidth, height: picture.naturalHeight });
      const context = canvas.getContext("2d")!;
      context.drawImage(picture, 0, 0);
      const [red, green, blue] = context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data;
      return [red!, green!, blue!] as const;
    },
    [across, down] as const,
  );

const styleOf = (element: Locator, property: string): Promise<string> => element.evaluate((each, name) => getComputedStyle(each).getPropertyValue(name), property);
const channels = (colour: string): Colour => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number) as unknown as Colour;

// Which of these spans are too faint to read. Tracebacks are made brighter or darker by a filter, which axe does not see.
function faintOnes(spans: Element[]): string[] {
  const read = (colour: string) => {
    const numbers = (colour.match(/-?[\d.]+/g) ?? []).map(Number);
    const scale = colour.startsWith("color(") ? 255 : 1;
    return { channels: numbers.slice(0, 3).map((each) => each * scale), alpha: numbers[3] ?? 1 };
  };
  const light = (channels: number[]) => {
    const [red, green, blue] = channels.map((each) => Math.min(255, each) / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  return spans.flatMap((span) => {
    if (!span.textContent?.trim()) return [];
    const brightness = Number(/brightness\(([\d.]+)\)/.exec(getComputedStyle(span).filter)?.[1] ?? 1);
    const text = read(getComputedStyle(span).color).channels.map((each) => each * brightness);
    let ground: number[] | null = null;
    for (let at: Element | null = span; at && !ground; at = at.parentElement) {
      const { channels, alpha } = read(getComputedStyle(at).backgroundColor);
      if (alpha === 1) ground = channels.map((each) => (at === span ? each * brightness : each));
    }
    const [one, other] = [light(text), light(ground ?? [255, 255, 255])];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return contrast < 4.5 ? [`${span.textContent} ${contrast.toFixed(2)}`] : [];
  });
}

test("text comes in its colours, errors with their traceback, and lines that are written over are one line", async () => {
  const watched = await run("text.ipynb", [
    "print('\\x1b[31mred\\x1b[0m \\x1b[1mbold\\x1b[0m \\x1b[38;2;10;120;200mblue\\x1b[0m \\x1b[42mground\\x1b[0m <b>&amp;</b> plain')",
    "import sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)",
    "import json\n\ndef herd(text):\n    return json.loads(text)\n\nherd('{')",
    "from tqdm import tqdm\nfor i in tqdm(range(50), desc='sheep', ascii=True): pass\nfor i in range(101): print(f'\\rcounted {i} %', end='')",
    "from IPython.display import clear_output\nprint('before')\nclear_output(wait=True)\nprint('after')",
    "shown = display('one', display_id='place')\nshown.update('two')",
    "shown.update('three')",
  ]);
  const { page } = watched;
  const span = (text: string) => outputOf(page, 0).locator("pre span", { hasText: text });
  const [red, , blue] = channels(await styleOf(span("red"), "color"));
  assert.ok(red > 2 * blue, "red text is red");
  assert.ok(Number(await styleOf(span("bold"), "font-weight")) >= 600);
  assert.equal(await styleOf(span("blue"), "color"), "rgb(10, 120, 200)");
  const [ofRed, ofGreen] = channels(await styleOf(span("ground"), "background-color"));
  assert.ok(ofGreen > ofRed, "green ground is green");
  assert.equal((await outputOf(page, 0).innerText()).trim(), "red bold blue ground <b>&amp;</b> plain");

  const [out, errors] = [nthOutput(page, 1, 0).locator("pre"), nthOutput(page, 1, 1).locator("pre")];
  assert.deepEqual([(await out.innerText()).trim(), (await errors.innerText()).trim()], ["to stdout", "to stderr"]);
  assert.notEqual(await styleOf(out, "background-color"), await styleOf(errors, "background-color"));

  const traceback = await outputOf(page, 2).innerText();
  for (const part of ["JSONDecodeError", "Traceback (most recent call last)", "herd('{')", "return json.loads(text)", "Expecting property name enclosed in double quotes"]) assert.ok(traceback.includes(part), part);

  const counted = (await outputOf(page, 3).innerText()).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  assert.equal(counted.length, 2, counted.join("|"));
  assert.match(counted[0]!, /^sheep: 100%\|#+\| 50\/50/);
  assert.equal(counted[1], "counted 100 %");

  assert.equal((await outputOf(page, 4).innerText()).trim(), "after");
  assert.deepEqual([(await outputOf(page, 5).innerText()).trim(), await outputOf(page, 6).locator(".jp-OutputArea-child").count()], ["'three'", 0]);
  for (const look of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: look });
    const spans = outputOf(page, 2).locator("pre span");
    const faint = await until(() => spans.evaluateAll(faintOnes), (found) => found.length === 0, `text that is hard to read on the ${look} page`);
    assert.deepEqual(faint, []);
    for (const at of [0, 2]) {
      await cellAt(page, at).evaluate((cell) => cell.scrollIntoView());
      await picture(page, `outputs-text-${at}-${look}`);
    }
  }
  await close(watched);
});

test("more text than anybody reads is cut, and shown whole when asked for", async () => {
  const watched = await run("much.ipynb", ["for i in range(60_000): print('line', i)", "for i in range(300): display(i)", "print('x' * 3_000_000)"]);
  const { page } = watched;
  const lines = async (at: number) => (await outputOf(page, at).locator("pre").allTextContents()).join("\n").split("\n").filter((line) => /^line \d/.test(line));
  const cut = await lines(0);
  assert.ok(cut.length < 5000, `${cut.length} lines are drawn`);
  assert.deepEqual([cut[0], cut.at(-1)], ["line 0", "line 59999"]);
  await picture(page, "outputs-much");
  await outputOf(page, 0).getByRole("button", { name: /Show all/ }).click();
  assert.equal((await until(() => lines(0), (all) => all.length === 60_000, "lines").catch(() => [])).length, 60_000);
  assert.equal(await outputOf(page, 1).locator(".jp-OutputArea-child").count(), 201);
  await outputOf(page, 1).getByText("Show more outputs").click();
  await until(() => outputOf(page, 1).locator(".jp-OutputArea-child").count(), (count) => count === 300, "outputs");
  assert.ok(((await outputOf(page, 2).textContent()) ?? "").length < 500_000);
  await close(watched);
});

const pictures: Cell[] = [
  "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 3), facecolor='#14783c')\nax.set_position([0.2, 0.2, 0.6, 0.6])\nax.axis('off')\nax.fill_between([0, 1], [1, 1], color='#c02040')\nax.set(xlim=(0, 1), ylim=(0, 1))\nfig.savefig('meadow.png', facecolor=fig.get_facecolor())\nplt.close(fig)\nfrom IPython.display import Image\nImage('meadow.png')",
  "plt.figure(figsize=(4, 2))\nplt.plot([1, 4, 9])\nplt.show()",
  "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"160\" height=\"60\"><rect width=\"80\" height=\"60\" fill=\"#c02040\"/><circle cx=\"120\" cy=\"30\" r=\"28\" fill=\"#14783c\"/></svg>')",
  "import pandas\nflock = pandas.DataFrame({'sheep': [3, 5], 'wool': ['white', '<b>black</b>']})\nflock",
  "flock.style.set_properties(**{'background-color': '#14783c', 'color': 'white'}, subset=['sheep']).set_caption('The flock')",
  "from IPython.display import HTML\nHTML('<div id=\"field\"></div><script>document.getElementById(\"field\").innerHTML = `<div style=\"height: 333px; background: #14783c; color: white\">grown by ${6 * 7}</div>`</script>')",
  "from IPython.display import JSON\nJSON({'sheep': [3, 5], 'owner': {'name': 'Ada'}}, expanded=True)",
  "from IPython.display import Latex\nLatex(r'$\\frac{a}{b}$ and \\begin{align} x &= \\sqrt{2} \\end{align}')",
  "from IPython.display import Markdown\nMarkdown('## The commons\\n\\n| animal | legs |\\n|---|---|\\n| *sheep* | 4 |\\n\\n```python\\nfor sheep in flock: pass\\n```\\n\\n$a^2$ and [a place](https://example.org/)')",
  "from IPython.display import Javascript\nJavascript('element.append(\"from \" + 6 * 7)')",
  "import sympy\nsympy.Integral(sympy.Symbol('x') ** 2)",
  "HTML('<p style=\"background-color: #14783c; color: #ffffff\">styled</p><details><summary>more</summary>inside</details>')",
];

test("of output without measure the notebook holds the beginning, and the rest is a link away", async () => {
  const watched = await run("rest.ipynb", ["for i in range(1_000_000): print('line', i)"]);
  const { page } = watched;
  const note = outputOf(page, 0).locator(".al-output-note", { hasText: /^\d+(\.\d+)? MiB more of output are kept beside the notebook\./ });
  await note.waitFor();
  await picture(page, "outputs-rest");
  const rest = await page.request.get(new URL((await note.getByRole("link", { name: "Open" }).getAttribute("href"))!, page.url()).href);
  assert.match(rest.headers()["content-type"]!, /^text\/plain/);
  assert.ok((await rest.text()).endsWith("\nline 999999\n"));
  const [popup] = await Promise.all([page.waitForEvent("popup"), note.getByRole("link", { name: "Open" }).click()]);
  await until(async () => popup.url(), (opened) => opened === rest.url(), "the rest is opened");
  await popup.close();
  await cellAt(page, 0).locator(".cm-content").click();
  await page.keyboard.press("End");
  await page.keyboard.type("  # go on");
  await cellAt(page, 0).locator(".cm-content").getByText("# go on").waitFor({ timeout: 2000 });
  await close(watched);
});

test("pictures, tables, markup, formulas and scripts are drawn", async () => {
  const watched = await run("pictures.ipynb", pictures);
  const { page } = watched;
  const image = (at: number) => outputOf(page, at).locator("img");
  assert.deepEqual([await colourAt(image(0), 0.05, 0.05), await colourAt(image(0), 0.5, 0.5)], [[20, 120, 60], [192, 32, 64]]);
  const sizes = await image(1).evaluate((each) => [(each as HTMLImageElement).naturalWidth, each.clientWidth]);
  assert.ok(sizes.every((width) => width > 200), String(sizes));
  assert.deepEqual([await colourAt(image(2), 0.25, 0.5), await colourAt(image(2), 0.75, 0.5)], [[192, 32, 64], [20, 120, 60]]);

  assert.equal(await outputOf(page, 3).locator("iframe").count(), 0, "a plain table stands in the page");
  assert.deepEqual(await outputOf(page, 3).locator("tbody tr").nth(1).locator("td").allInnerTexts(), ["5", "<b>black</b>"]);
  await outputOf(page, 4).scrollIntoViewIfNeeded();
  const styled = frameIn(outputOf(page, 4));
  await styled.getByText("The flock").waitFor();
  assert.equal(await styled.locator("td.col0").first().evaluate((cell) => getComputedStyle(cell).backgroundColor), "rgb(20, 120, 60)");
  await outputOf(page, 5).scrollIntoViewIfNeeded();
  await frameIn(outputOf(page, 5)).getByText("grown by 42").waitFor();
  await until(async () => (await outputOf(page, 5).locator("iframe").boundingBox())?.height ?? 0, (height) => height >= 333 && height < 340, "the frame is as high as what is in it");

  await outputOf(page, 6).getByText("Ada").waitFor();
  await outputOf(page, 7).locator("mjx-container mjx-mfrac").waitFor();
  await outputOf(page, 7).locator("mjx-container mjx-msqrt").waitFor();
  await outputOf(page, 8).getByRole("heading", { name: "The commons" }).waitFor();
  assert.deepEqual(await outputOf(page, 8).locator("td").allInnerTexts(), ["sheep", "4"]);
  await outputOf(page, 8).locator("pre code span", { hasText: "for" }).first().waitFor(); // in the language's colours
  await outputOf(page, 8).locator("mjx-container mjx-msup").waitFor();
  const [rel, target] = await outputOf(page, 8).getByRole("link", { name: "a place" }).evaluate((link) => [link.getAttribute("rel"), link.getAttribute("target")]);
  assert.deepEqual([rel?.split(" ").includes("noopener"), target], [true, "_blank"]);
  await outputOf(page, 9).scrollIntoViewIfNeeded();
  await frameIn(outputOf(page, 9)).getByText("from 42").waitFor();
  await outputOf(page, 10).locator("mjx-container").first().waitFor();
  assert.equal(await styleOf(outputOf(page, 11).locator("p", { hasText: "styled" }), "background-color"), "rgb(20, 120, 60)");

  assert.deepEqual(await seriousFaults(page), []);
  for (const look of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: look });
    for (const at of [0, 3, 6, 8]) {
      await cellAt(page, at).evaluate((cell) => cell.scrollIntoView());
      await picture(page, `outputs-pictures-${at}-${look}`);
    }
    assert.deepEqual(await seriousFaults(page), []);
  }
  await close(watched);
});

// All elements below, also those in shadow trees, of a frame's document.
const canvasColours = (frame: FrameLocator): Promise<number> =>
  frame.locator("body").evaluate((body) => {
    const canvases: HTMLCanvasElement[] = [];
    const look = (root: ParentNode) => {
      for (const each of root.querySelectorAll("*")) {
        if (each instanceof HTMLCanvasElement) canvases.push(each);
        if (each.shadowRoot) look(each.shadowRoot);
      }
    };
    look(body);
    let green = 0;
    for (const canvas of canvases) {
      if (canvas.width === 0 || canvas.height === 0) continue;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      for (let i = 0; i < pixels.length; i += 4) if (pixels[i] === 20 && pixels[i + 1] === 120 && pixels[i + 2] === 60) green += 1;
    }
    return green;
  });

test("a large picture comes when it is about to be seen, also after a reload, and is whole in what one downloads", async () => {
  const noise = "import io\nimport numpy as np\nfrom IPython.display import Image\nfrom PIL import Image as Pixels\nfile = io.BytesIO()\nPixels.fromarray(np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype='uint8')).save(file, 'PNG')\nImage(file.getvalue())";
  const far = Array.from({ length: 40 }, () => ({ text: "A line of text.\n\nAnother one." }));
  const watched = await run("noise.ipynb", [noise, ...far, noise]);
  const { page } = watched;
  const image = (at: number) => outputOf(page, at).locator("img");
  await until(() => image(41).evaluate((element) => (element as HTMLImageElement).naturalWidth), (width) => width === 300, "the picture");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("large-outputs")) asked.push(request.url());
  });
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await until(() => image(0).evaluate((element) => (element as HTMLImageElement).naturalWidth), (width) => width === 300, "the picture again");
  await cellAt(page, 41).scrollIntoViewIfNeeded();
  await until(() => image(41).evaluate((element) => (element as HTMLImageElement).naturalWidth), (width) => width === 300, "the one far below");
  assert.ok(asked.length > 0, "it lies beside the notebook");
  await page.getByRole("menuitem", { name: "File" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Download .ipynb" }).click()]);
  const whole = JSON.parse(await readFile(await download.path(), "utf8")) as { cells: { outputs?: { data: Record<string, string> }[] }[] };
  assert.ok((whole.cells[0]?.outputs?.[0]?.data["image/png"]?.length ?? 0) > 100_000);
  assert.deepEqual(Object.keys(whole.cells[0]?.outputs?.[0]?.data ?? {}).sort(), ["image/png", "text/plain"]);
  await picture(page, "large-picture");
  await close(watched);
});

test("cells that were copied are pasted in another tab, with a large picture and all, and not once somebody has signed out", async () => {
  const noise = "import io\nimport numpy as np\nfrom IPython.display import Image\nfrom PIL import Image as Pixels\nfile = io.BytesIO()\nPixels.fromarray(np.random.default_rng(2).integers(0, 255, (300, 300, 3), dtype='uint8')).save(file, 'PNG')\nImage(file.getvalue())";
  const watched = await run("copied-from.ipynb", [noise]);
  const { page, context } = watched;
  await cellAt(page, 0).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await putNotebook("pasted-into.ipynb", ["1"]);
  const other = await context.newPage();
  other.on("pageerror", (error) => watched.faults.push(`exception: ${error.message}`));
  await other.goto(notebookAddress("pasted-into.ipynb"));
  await other.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
  await other.keyboard.press("Escape");
  await other.keyboard.press("v");
  const pasted = outputOf(other, 1).locator("img");
  await until(() => pasted.evaluate((element) => (element as HTMLImageElement).naturalWidth), (width) => width === 300, "the picture in the other notebook");
  await other.keyboard.press("v");
  await until(() => other.locator(".jp-Cell").count(), (count) => count === 3, "one more");
  await other.keyboard.press("z");
  await until(() => other.locator(".jp-Cell").count(), (count) => count === 2, "one less");
  const kept = await until(async () => ((await (await call("GET", "api/contents/pasted-into.ipynb?type=notebook&content=1")).json()) as { content: { cells: { id: string; outputs: { data: Record<string, string> }[] }[] } }).content.cells, ({ length }) => length === 2, "the file");
  assert.ok((kept[1]?.outputs[0]?.data["image/png"]?.length ?? 0) > 100_000);
  assert.notEqual(kept[1]?.id, kept[0]?.id);
  await other.getByRole("button", { name: "Account of ada" }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await other.waitForURL(/login/);
  assert.equal(await other.evaluate(() => localStorage.getItem("allmende.copiedCells")), null);
  await context.close();
});

test("plots of Altair, Plotly and Bokeh are drawn, follow the page's look, and ask nobody else", async () => {
  const watched = await run("plots.ipynb", [
    "import altair, pandas\naltair.renderers.enable('mimetype')\nflock = pandas.DataFrame({'farm': ['a', 'b', 'c'], 'sheep': [3, 5, 8]})\naltair.Chart(flock).mark_bar(color='#14783c').encode(x='farm', y='sheep', tooltip='sheep')",
    "import plotly.express\nplotly.express.bar(flock, x='farm', y='sheep', color_discrete_sequence=['#14783c'])",
    "from bokeh.io import output_notebook, show\nfrom bokeh.plotting import figure\nfrom bokeh.resources import INLINE\noutput_notebook(INLINE)",
    "plot = figure(width=400, height=250)\nplot.vbar(x=[1, 2, 3], top=[3, 5, 8], width=0.8, color='#14783c')\nshow(plot)",
    "altair.renderers.enable('html')\naltair.Chart(flock).mark_bar(color='#14783c').encode(x='farm', y='sheep')",
  ]);
  const { page } = watched;
  const bars = outputOf(page, 0).locator("svg .mark-rect path");
  await until(() => bars.count(), (count) => count === 3, "three bars of Altair");
  assert.deepEqual(await bars.evaluateAll((all) => all.map((each) => each.getAttribute("fill"))), ["#14783c", "#14783c", "#14783c"]);
  const heights = await bars.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
  assert.ok(Math.abs(heights[2]! / heights[0]! - 8 / 3) < 0.05, String(heights));
  const columns = outputOf(page, 1).locator(".bars .point path");
  await until(() => columns.count(), (count) => count === 3, "three bars of Plotly");
  assert.equal(await styleOf(columns.first(), "fill"), "rgb(20, 120, 60)");
  await outputOf(page, 3).scrollIntoViewIfNeeded();
  const bokeh = frameIn(outputOf(page, 3).locator(".jp-OutputArea-child", { has: page.locator("iframe") }).last());
  await until(() => canvasColours(bokeh), (green) => green > 1000, "bars of Bokeh");
  assert.equal((await outputOf(page, 2).innerText()).trim(), "BokehJS is ready.");
  await outputOf(page, 4).scrollIntoViewIfNeeded();
  const foreign = frameIn(outputOf(page, 4)); // its HTML asks a foreign server for a library that we have
  await until(() => canvasColours(foreign), (green) => green > 1000, "bars of Altair in a frame");
  assert.deepEqual(await seriousFaults(page), []);
  for (const look of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: look });
    for (const at of [0, 1, 3]) {
      await cellAt(page, at).evaluate((cell) => cell.scrollIntoView());
      await until(() => canvasColours(bokeh).catch(() => 0), (green) => green > 1000 || at !== 3, "bars of Bokeh");
      await until(() => columns.count(), (count) => count === 3, "three bars of Plotly");
      await until(() => bars.count(), (count) => count === 3, "three bars of Altair");
      await picture(page, `outputs-plots-${at}-${look}`);
    }
  }
  await close(watched);
});
