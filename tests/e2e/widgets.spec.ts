// Widgets with code of their own: it runs in the frame and only there, and what happens to them reaches the kernel, every view, and a page loaded anew.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { call, cellAt, launch, notebookAddress, nothingWentWrong, openSignedIn, outputOf, picture, putNotebook, until, type Cell, type Watched } from "./support.ts";
import { seriousFaults } from "./accessibility.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const done = (page: Page, at: number): Promise<void> => cellAt(page, at).locator(".al-run[data-run=done]").waitFor({ timeout: 60_000 });
const frameIn = (page: Page, at: number, nth = 0): FrameLocator => outputOf(page, at).locator(".al-frame-widget iframe").nth(nth).contentFrame();

async function runCell(page: Page, at: number): Promise<void> {
  await cellAt(page, at).locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
  await done(page, at);
  await outputOf(page, at).scrollIntoViewIfNeeded(); // frames rest while nobody sees them
}

// Ada's page with this notebook, and what is said in its console.
async function visit(path: string): Promise<Watched & { said: string[] }> {
  const watched = await openSignedIn(browser);
  const said: string[] = [];
  watched.page.on("console", (message) => ["warning", "error"].includes(message.type()) && said.push(message.text()));
  await watched.page.goto(notebookAddress(path));
  await watched.page.locator(".jp-Cell:focus, .jp-Cell .cm-content:focus").waitFor({ timeout: 30_000 });
  return { ...watched, said };
}

async function open(path: string, cells: Cell[]): Promise<Watched & { said: string[] }> {
  await putNotebook(path, cells);
  return visit(path);
}

// A notebook as somebody else saved it: with outputs and the state of its widgets.
async function putSaved(path: string, models: Record<string, object>, shown: string[]): Promise<void> {
  const view = "application/vnd.jupyter.widget-view+json";
  const cells = shown.map((model_id, i) => ({
    id: `cell-${i}`, cell_type: "code", metadata: {}, source: "", execution_count: 1,
    outputs: [{ output_type: "display_data", metadata: {}, data: { "text/plain": model_id, [view]: { version_major: 2, version_minor: 0, model_id } } }],
  }));
  const metadata = { kernelspec: { name: "python3", display_name: "Python 3" }, widgets: { "application/vnd.jupyter.widget-state+json": { version_major: 2, version_minor: 0, state: models } } };
  const reply = await call("PUT", `api/contents/${encodeURI(path)}`, { type: "notebook", format: "json", content: { nbformat: 4, nbformat_minor: 5, metadata, cells } });
  assert.ok(reply.ok, `putting ${path} gave ${reply.status}`);
}

async function close(watched: Watched): Promise<void> {
  await watched.context.close();
  for (const { id } of (await (await call("GET", "api/kernels")).json()) as { id: string }[]) await call("DELETE", `api/kernels/${id}`);
  nothingWentWrong(watched);
}

// What anywidget is on the wire: text traits of a DOMWidget under its names.
const setUp = `
import ipywidgets, traitlets
class AnyWidget(ipywidgets.DOMWidget):
    _model_name = traitlets.Unicode('AnyModel').tag(sync=True)
    _model_module = traitlets.Unicode('anywidget').tag(sync=True)
    _model_module_version = traitlets.Unicode('~0.11.*').tag(sync=True)
    _view_name = traitlets.Unicode('AnyView').tag(sync=True)
    _view_module = traitlets.Unicode('anywidget').tag(sync=True)
    _view_module_version = traitlets.Unicode('~0.11.*').tag(sync=True)
    def __init__(self, **given):
        texts = {name: getattr(type(self), name) for name in ('_esm', '_css') if isinstance(getattr(type(self), name, None), str)}
        self.add_traits(**{name: traitlets.Unicode(text).tag(sync=True) for name, text in texts.items()})
        super().__init__(**given)

class Counter(AnyWidget):
    _esm = '''
    function render({ model, el }) {
      const button = document.createElement("button");
      button.className = "counter";
      const show = () => { button.textContent = "sheep: " + model.get("value"); };
      button.addEventListener("click", () => { model.set("value", model.get("value") + 1); model.save_changes(); });
      model.on("change:value", show);
      show();
      el.append(button);
    }
    export default { render };
    '''
    _css = ".counter { background: rgb(20, 120, 60); color: white; border: 0; border-radius: 6px; padding: 8px 16px; font: inherit; }"
    value = traitlets.Int(0).tag(sync=True)
`;

test("a counter counts in the kernel and in each of its views, and the kernel counts in them", async () => {
  const watched = await open("counter.ipynb", [`${setUp}\nc = Counter(value=3)\nc`, "c", "c.value *= 10\nprint(c.value)"]);
  const { page, said } = watched;
  await runCell(page, 0);
  await runCell(page, 1);
  const [first, second] = [frameIn(page, 0).locator(".counter"), frameIn(page, 1).locator(".counter")];
  await first.getByText("sheep: 3").waitFor();
  assert.equal(await first.evaluate((element) => getComputedStyle(element).backgroundColor), "rgb(20, 120, 60)");
  await first.click();
  await second.getByText("sheep: 4").waitFor();
  await second.click();
  await second.click();
  await first.getByText("sheep: 6").waitFor();
  await runCell(page, 2);
  await outputOf(page, 2).getByText("60", { exact: true }).waitFor();
  await first.getByText("sheep: 60").waitFor();
  await second.getByText("sheep: 60").waitFor();
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "widgets-counter");
  await page.reload();
  await frameIn(page, 0).locator(".counter").getByText("sheep: 60").waitFor({ timeout: 30_000 });
  await frameIn(page, 1).locator(".counter").click();
  await frameIn(page, 0).locator(".counter").getByText("sheep: 61").waitFor();
  await runCell(page, 2);
  await outputOf(page, 2).getByText("610", { exact: true }).waitFor();
  assert.deepEqual(said.filter((line) => /yjs/i.test(line)), []);
  await close(watched);
});

test("a widget's code has no way to the page, and bytes go both ways with its messages", async () => {
  const watched = await open("bytes.ipynb", [`${setUp}
class Echo(AnyWidget):
    _esm = '''
    globalThis.leaked = "yes";
    function initialize({ model }) { globalThis.begun = (globalThis.begun ?? 0) + 1; }
    function render({ model, el }) {
      let reach;
      try { parent.document.body.dataset.leaked = "yes"; reach = "reached"; } catch (error) { reach = error.name; }
      const line = document.createElement("p");
      el.append(line);
      model.on("msg:custom", (content, buffers) => { line.textContent = [origin, reach, globalThis.begun, content.word, ...new Uint8Array(buffers[0].buffer)].join(" "); });
      const all = new Uint8Array([9, 1, 2, 3, 9]);
      model.set("data", new DataView(all.buffer, 1, 3));
      model.save_changes();
      model.send({ ask: null }, undefined, [all.subarray(1, 3)]);
    }
    export default { initialize, render };
    '''
    data = traitlets.Any(b"").tag(sync=True)
e = Echo()
def heard(widget, content, buffers):
    widget.send({"word": str(content)}, buffers=[bytes(buffers[0])[::-1] + bytes(e.data)])
e.on_msg(heard)
e`]);
  const { page } = watched;
  await runCell(page, 0);
  await frameIn(page, 0).getByText("null SecurityError 1 {'ask': None} 2 1 1 2 3").waitFor();
  assert.deepEqual(await page.evaluate(() => [Reflect.get(globalThis, "leaked"), document.body.dataset["leaked"]]), [undefined, undefined]);
  await close(watched);
});

test("a module hears all the kernel says once its widget is shown, though nobody sees it yet", async () => {
  const watched = await open("early.ipynb", [`${setUp}
class Log(AnyWidget):
    _esm = '''
    function render({ model, el }) {
      const heard = [];
      const note = (word) => { if (word !== null) heard.push(word); el.textContent = heard.join(" "); };
      note("from " + model.get("word"));
      model.on("change:word", () => note(model.get("word")));
      model.on("msg:custom", (content) => note("(" + content + ")"));
    }
    export default { render };
    '''
    word = traitlets.Unicode(None, allow_none=True).tag(sync=True)
log = Log(word='before')
display(log)
for word in ('one', 'two', 'three'):
    log.word = word
    log.word = None
    log.send(word)`]);
  const { page } = watched;
  await page.keyboard.press("Control+Enter");
  await done(page, 0);
  await outputOf(page, 0).scrollIntoViewIfNeeded();
  await frameIn(page, 0).getByText("from before one (one) two (two) three (three)", { exact: true }).waitFor();
  await close(watched);
});

test("widgets of both kinds stand in one box, and foreign code shows a slider of the kernel's", async () => {
  const watched = await open("boxes.ipynb", [`${setUp}
class Holder(AnyWidget):
    _esm = '''
    async function render({ model, el }) {
      const child = await model.widget_manager.get_model(model.get("child").slice("IPY_MODEL_".length));
      await model.widget_manager.display_view(await model.widget_manager.create_view(child), el);
      const line = document.createElement("p");
      const show = () => { line.textContent = "inside: " + child.get("value"); };
      child.on("change:value", show);
      show();
      el.append(line);
    }
    export default { render };
    '''
    child = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)
slider = ipywidgets.IntSlider(value=4, description='wool')
c = Counter()
ipywidgets.jslink((c, 'value'), (slider, 'value'))
ipywidgets.VBox([slider, ipywidgets.HBox([c, Holder(child=slider, layout=ipywidgets.Layout(width='60%'))])])`, "slider.value = 20", "print(slider.value, c.value)"]);
  const { page } = watched;
  await runCell(page, 0);
  const [counter, holder] = [frameIn(page, 0), frameIn(page, 0, 1)];
  await holder.getByText("inside: 0").waitFor(); // linked with the counter
  await counter.locator(".counter").click();
  await holder.getByText("inside: 1").waitFor();
  await outputOf(page, 0).locator(".widget-readout", { hasText: /^1$/ }).waitFor();
  await outputOf(page, 0).getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await holder.getByText("inside: 2").waitFor();
  await counter.getByText("sheep: 2").waitFor();
  await runCell(page, 1);
  await holder.getByText("inside: 20").waitFor();
  const { x, y, width, height } = (await holder.locator(".noUi-handle").boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x - 12, y + height / 2, { steps: 5 });
  await page.mouse.up();
  const inside = async (): Promise<number> => Number((await holder.getByText(/^inside: /).innerText()).slice("inside: ".length));
  const value = await until(inside, (now) => now < 20, "the slider in the frame was moved");
  await counter.getByText(`sheep: ${value}`, { exact: true }).waitFor();
  await outputOf(page, 0).locator(".widget-readout", { hasText: new RegExp(`^${value}$`) }).waitFor();
  await runCell(page, 2);
  await outputOf(page, 2).getByText(`${value} ${value}`).waitFor();
  await picture(page, "widgets-boxes");
  await close(watched);
});

test("a closed widget goes; after a restart the others stay as they were, and the next run is live", async () => {
  const watched = await open("ends.ipynb", [`${setUp}\nc, d = Counter(value=5), Counter(value=8)\nd`, "c", "c.close()"]);
  const { page } = watched;
  for (const at of [0, 1]) await runCell(page, at);
  await frameIn(page, 1).getByText("sheep: 5").waitFor();
  await runCell(page, 2);
  await outputOf(page, 1).locator("iframe").waitFor({ state: "detached" });
  const counter = frameIn(page, 0).locator(".counter");
  await page.keyboard.press("Control+m");
  await page.keyboard.press(".");
  // Said to be heard, and followed by other words: it is listened for before it can be said.
  const said = page.getByText("The session was restarted", { exact: true }).waitFor({ state: "attached" });
  await page.getByRole("dialog", { name: "Restart the session?" }).getByRole("button", { name: "Restart" }).click();
  await said;
  await outputOf(page, 0).locator(".jupyter-widgets-disconnected").waitFor();
  await counter.getByText("sheep: 8").waitFor();
  await picture(page, "widgets-restarted");
  await runCell(page, 0);
  await outputOf(page, 0).locator(".al-frame-widget:not(.jupyter-widgets-disconnected)").waitFor();
  await counter.click();
  await counter.getByText("sheep: 9").waitFor();
  await close(watched);
});

test("a widget whose module is not here says which it needs, and what it is", async () => {
  const watched = await open("missing.ipynb", [`
import ipywidgets, traitlets
class Canvas(ipywidgets.DOMWidget):
    _model_name = traitlets.Unicode('MPLCanvasModel').tag(sync=True)
    _model_module = traitlets.Unicode('jupyter-matplotlib').tag(sync=True)
    _view_name = traitlets.Unicode('MPLCanvasView').tag(sync=True)
    _view_module = traitlets.Unicode('jupyter-matplotlib').tag(sync=True)
    def __repr__(self): return 'Canvas(toolbar=None)'
class Worse(Canvas):
    _view_module = traitlets.Unicode('<img src=x onerror=alert(1)>').tag(sync=True)
Canvas()`, "ipywidgets.VBox([ipywidgets.Label('above'), Worse()])"]);
  const { page } = watched;
  for (const at of [0, 1]) await runCell(page, at);
  await outputOf(page, 0).getByText("This widget needs “jupyter-matplotlib”, which is not part of Allmende.").waitFor();
  await outputOf(page, 0).getByText("Canvas(toolbar=None)").waitFor();
  await outputOf(page, 1).getByText("above").waitFor();
  await outputOf(page, 1).getByText("This widget needs “<img src=x onerror=alert(1)>”, which is not part of Allmende. (MPLCanvasModel)").waitFor();
  assert.equal(await outputOf(page, 1).locator("img").count(), 0);
  assert.deepEqual(await seriousFaults(page), []);
  await picture(page, "widgets-missing");
  await close(watched);
});

test("saved widgets are shown without a kernel and with a new one, those of ipywidgets 7 as well", async () => {
  const esm = "export default { render({ model, el }) { el.textContent = 'saved: ' + model.get('word') + ' ' + new Uint8Array(model.get('data').buffer).join(); } }";
  const old = { model_module: "@jupyter-widgets/controls", model_module_version: "1.5.0" };
  await putSaved("saved.ipynb", {
    any: {
      model_name: "AnyModel", model_module: "anywidget", model_module_version: "~0.9.*", buffers: [{ path: ["data"], encoding: "base64", data: "AQID" }],
      state: { _model_name: "AnyModel", _model_module: "anywidget", _model_module_version: "~0.9.*", _view_name: "AnyView", _view_module: "anywidget", _view_module_version: "~0.9.*", _esm: esm, word: "wool" },
    },
    slider: {
      ...old, model_name: "IntSliderModel",
      state: { _model_name: "IntSliderModel", _model_module: old.model_module, _model_module_version: "1.5.0", _view_name: "IntSliderView", _view_module: old.model_module, _view_module_version: "1.5.0", value: 7, min: 0, max: 10, description: "old" },
    },
  }, ["any", "slider", "nowhere"]);
  const watched = await visit("saved.ipynb");
  const { page } = watched;
  const frame = (at: number) => outputOf(page, at).locator("iframe").contentFrame();
  await frame(0).getByText("saved: wool 1,2,3").waitFor();
  await outputOf(page, 0).getByText("As it was when the notebook was saved. Run its cell to make it live.").waitFor();
  await frame(1).locator(".widget-readout", { hasText: "7" }).waitFor();
  await outputOf(page, 2).getByText("This widget belongs to a session that has ended. Run its cell to bring it back.").waitFor();
  await picture(page, "widgets-saved");
  await cellAt(page, 2).locator(".cm-content").click();
  await page.keyboard.type("'now there is a kernel'");
  await page.keyboard.press("Control+Enter");
  await done(page, 2);
  await outputOf(page, 0).locator(".jupyter-widgets-disconnected").waitFor();
  await frame(0).getByText("saved: wool 1,2,3").waitFor();
  await frame(1).locator(".widget-readout", { hasText: "7" }).waitFor();
  await picture(page, "widgets-saved-kernel");
  await close(watched);
});
