// Puts HTML into the frame as a parser would have done: its scripts run in order, external ones before what follows.
import { findLibrary } from './libraries';

const runs = /^$|^(text|application)\/(java|ecma)script$|^module$/;

function copyOf(script: HTMLScriptElement): HTMLScriptElement {
  const copy = document.createElement('script');
  for (const { name, value } of script.attributes) copy.setAttribute(name, value);
  copy.textContent = script.textContent;
  copy.async = script.async;
  return copy;
}

async function run(script: HTMLScriptElement): Promise<void> {
  if (!runs.test(script.type.trim().toLowerCase())) return;
  const copy = copyOf(script);
  const waits = copy.src !== '' && !copy.async && copy.type !== 'module';
  const done = new Promise(resolve => {
    copy.addEventListener('load', resolve);
    copy.addEventListener('error', resolve);
  });
  script.replaceWith(copy);
  if (waits) await done;
}

/** What would lead the whole frame away, or turn its addresses; the policy refuses most of it, too. */
function tame(content: DocumentFragment): void {
  for (const each of content.querySelectorAll('base, meta[http-equiv]')) each.remove();
}

let latest = 0;

/** Draws the HTML in place of what was there. Newer HTML ends the drawing of older. */
export async function showHtml(root: HTMLElement, html: string): Promise<void> {
  latest += 1;
  const mine = latest;
  const template = document.createElement('template');
  template.innerHTML = html;
  tame(template.content);
  const scripts = [...template.content.querySelectorAll('script')];
  root.replaceChildren(template.content);
  for (const script of scripts) {
    if (mine !== latest) return;
    await run(script);
  }
}

/** `document.write` after loading would wipe the frame; here it adds where the running script stands. */
function writeInPlace(root: HTMLElement): void {
  document.write = (...texts: string[]) => {
    const fragment = document.createRange().createContextualFragment(texts.join(''));
    const at = document.currentScript;
    if (at?.parentNode && root.contains(at)) at.parentNode.insertBefore(fragment, at.nextSibling);
    else root.append(fragment);
  };
  document.writeln = (...texts: string[]) => document.write(...texts, '\n');
}

/** Scripts an output loads from a well-known address come from our own files when we have them. */
function answerKnownAddresses(): void {
  const source = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, 'src');
  const setAttribute = HTMLScriptElement.prototype.setAttribute;
  if (!source?.set || !source.get) return;
  const { get, set } = source;
  Object.defineProperty(HTMLScriptElement.prototype, 'src', {
    configurable: true,
    enumerable: true,
    get,
    set(this: HTMLScriptElement, address: string) {
      set.call(this, findLibrary(String(address)) ?? address);
    },
  });
  HTMLScriptElement.prototype.setAttribute = function (name: string, value: string) {
    const known = name.toLowerCase() === 'src' ? findLibrary(String(value)) : null;
    if (known) this.removeAttribute('integrity'); // of the file it would have been
    setAttribute.call(this, name, known ?? value);
  };
}

writeInPlace(document.getElementById('root') ?? document.body);
answerKnownAddresses();
