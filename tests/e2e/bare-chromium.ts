// Chromium without Playwright, which has every page believe that it holds the focus: here windows and frames take it from each other as they do for people.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

type Fields = Record<string, unknown>;
interface Answer {
  readonly id?: number;
  readonly result?: Fields;
  readonly error?: { message: string };
  readonly method?: string;
  readonly params?: Fields;
  readonly sessionId?: string;
}

// The DevTools protocol over two pipes: JSON texts with a zero byte after each.
class Wire {
  readonly #out: Writable;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #hear: (event: Answer) => void;
  #last = 0;

  constructor(out: Writable, input: Readable, hear: (event: Answer) => void) {
    this.#out = out;
    this.#hear = hear;
    let rest = "";
    input.setEncoding("utf8").on("data", (text: string) => {
      const texts = (rest + text).split("\0");
      rest = texts.pop() ?? "";
      for (const each of texts) this.#take(JSON.parse(each) as Answer);
    });
  }

  #take(answer: Answer): void {
    if (answer.id === undefined) return this.#hear(answer);
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  async send(method: string, params: Fields, sessionId?: string): Promise<Fields> {
    this.#last += 1;
    const id = this.#last;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}

interface Attached {
  readonly sessionId: string;
  readonly targetInfo: { type: string; url: string };
}

export class BarePage {
  readonly #process: ChildProcess;
  readonly #home: string;
  readonly #wire: Wire;
  #session = "";
  #frames: Attached[] = [];

  private constructor() {
    this.#home = mkdtempSync(join(tmpdir(), "allmende-chromium-"));
    const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    const how = ["--headless=new", "--remote-debugging-pipe", "--enable-gpu-benchmarking", `--user-data-dir=${this.#home}`, "--window-size=1360,860", "--lang=en-GB"];
    this.#process = spawn("/usr/bin/chromium", [...how, ...quiet, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.#wire = new Wire(this.#process.stdio[3] as Writable, this.#process.stdio[4] as Readable, (event) => this.#hear(event));
  }

  static async open(): Promise<BarePage> {
    const page = new BarePage();
    const { targetInfos } = (await page.#wire.send("Target.getTargets", {})) as { targetInfos: { targetId: string; type: string }[] };
    const { targetId } = targetInfos.find(({ type }) => type === "page")!;
    page.#session = String((await page.#wire.send("Target.attachToTarget", { targetId, flatten: true }))["sessionId"]);
    await page.#send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
    await page.#send("Page.bringToFront");
    return page;
  }

  async close(): Promise<void> {
    const ended = once(this.#process, "exit");
    await this.#wire.send("Browser.close", {});
    await ended;
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  #hear({ method, params }: Answer): void {
    if (method === "Target.attachedToTarget") this.#frames.push(params as unknown as Attached);
    if (method === "Target.detachedFromTarget") this.#frames = this.#frames.filter(({ sessionId }) => sessionId !== params?.["sessionId"]);
  }

  #send(method: string, params: Fields = {}, session = this.#session): Promise<Fields> {
    return this.#wire.send(method, params, session);
  }

  async goto(address: string): Promise<void> {
    await this.#send("Page.navigate", { url: address });
    await this.evaluate(() => document.readyState === "complete" || new Promise((resolve) => addEventListener("load", resolve)), null);
  }

  // What the function gives in the page.
  evaluate<T, A>(task: (argument: A) => T, argument: A): Promise<Awaited<T>> {
    return this.#evaluateIn(this.#session, task, argument);
  }

  // The same in the only frame that lives.
  async evaluateInFrame<T, A>(task: (argument: A) => T, argument: A): Promise<Awaited<T>> {
    const frames = this.#frames.filter(({ targetInfo }) => targetInfo.type === "iframe");
    if (frames.length !== 1) throw new Error(`${frames.length} frames live`);
    return this.#evaluateIn(frames[0]!.sessionId, task, argument);
  }

  async #evaluateIn<T, A>(session: string, task: (argument: A) => T, argument: A): Promise<Awaited<T>> {
    const expression = `(${task})(${JSON.stringify(argument)})`;
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }, session);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Awaited<T> }).value;
  }

  async press(key: string, { code = key, windowsVirtualKeyCode = 0, modifiers = 0, text = "" } = {}): Promise<void> {
    await this.#send("Input.dispatchKeyEvent", { type: text === "" ? "rawKeyDown" : "keyDown", key, code, windowsVirtualKeyCode, modifiers, ...(text === "" ? {} : { text }) });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", key, code, windowsVirtualKeyCode, modifiers });
  }

  // Lower-case letters, each once the last one has arrived somewhere.
  async type(letters: string): Promise<void> {
    for (const letter of letters) await this.press(letter, { code: `Key${letter.toUpperCase()}`, windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0), text: letter });
  }

  moveTo(x: number, y: number): Promise<void> {
    return this.#point([{ name: "pointerMove", x, y }]);
  }

  click(x: number, y: number): Promise<void> {
    return this.#point([{ name: "pointerMove", x, y }, { name: "pointerDown", x, y, button: 0 }, { name: "pointerUp" }]);
  }

  // As the window system would: Input.dispatchMouseEvent goes straight to the frame below, and the page around never learns that the pointer left it.
  #point(actions: Fields[]): Promise<void> {
    const perform = (all: Fields[]) => {
      const { gpuBenchmarking } = Reflect.get(globalThis, "chrome") as { gpuBenchmarking: { pointerActionSequence(pointers: Fields[], onDone: () => void): void } };
      return new Promise<void>((resolve) => gpuBenchmarking.pointerActionSequence([{ source: "mouse", actions: all }], resolve));
    };
    return this.evaluate(perform, actions);
  }
}
