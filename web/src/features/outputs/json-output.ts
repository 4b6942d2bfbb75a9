// JSON as a tree: closed branches are drawn when they are opened, long ones in parts.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { t } from '../../ui/i18n';
import './outputs.css';

/** Entries of a branch that are drawn at once, and levels that stand open when all shall. */
const part = 100;
const mostOpen = 20;

type Entry = readonly [name: string, value: unknown];

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
const entriesOf = (branch: object): Entry[] => (Array.isArray(branch) ? branch.map((value, at): Entry => [String(at), value]) : Object.entries(branch));

function nameOf(name: string): HTMLElement {
  const element = document.createElement('span');
  element.className = 'al-json-name';
  element.textContent = name;
  return element;
}

function leaf([name, value]: Entry): HTMLElement {
  const line = document.createElement('div');
  line.className = 'al-json-leaf';
  const shown = document.createElement('span');
  shown.className = `al-json-${value === null ? 'null' : typeof value}`;
  shown.textContent = JSON.stringify(value) ?? 'null';
  line.append(nameOf(name), ': ', shown);
  return line;
}

function fill(place: HTMLElement, entries: readonly Entry[], open: number): void {
  place.append(...entries.slice(0, part).map(entry => node(entry, open)));
  const rest = entries.slice(part);
  if (rest.length === 0) return;
  const more = document.createElement('button');
  more.type = 'button';
  more.className = 'al-note-action';
  more.textContent = t('json.more', { count: rest.length });
  more.onclick = () => {
    more.remove();
    fill(place, rest, open);
  };
  place.append(more);
}

function branch([name, value]: readonly [string, object], open: number): HTMLElement {
  const entries = entriesOf(value);
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const size = document.createElement('span');
  size.className = 'al-json-size';
  size.textContent = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  summary.append(nameOf(name), ' ', size);
  details.append(summary);
  const grow = () => {
    if (details.childElementCount === 1) fill(details, entries, open - 1);
  };
  details.ontoggle = () => details.open && grow();
  if (open > 0) {
    grow();
    details.open = true;
  }
  return details;
}

/** `open`: how many levels stand open from here on. */
function node([name, value]: Entry, open: number): HTMLElement {
  return isBranch(value) ? branch([name, value], open) : leaf([name, value]);
}

export class JsonOutput extends Widget implements IRenderMime.IRenderer {
  readonly #mime: string;

  constructor({ mimeType }: IRenderMime.IRendererOptions) {
    super();
    this.#mime = mimeType;
    this.addClass('al-json');
  }

  async renderModel({ data, metadata }: IRenderMime.IMimeModel): Promise<void> {
    const wishes: unknown = metadata[this.#mime];
    const wish = (name: string): unknown => (isBranch(wishes) ? Reflect.get(wishes, name) : undefined);
    const root = wish('root');
    this.node.replaceChildren(node([typeof root === 'string' ? root : 'root', data[this.#mime] ?? null], wish('expanded') === true ? mostOpen : 1));
  }
}
