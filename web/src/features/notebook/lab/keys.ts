// Keys: single strokes and Jupyter's doubled letters through Lumino, what follows Ctrl+M by ourselves, so that the prefix waits for the person.
import type { CommandRegistry } from '@lumino/commands';
import type { CommandId } from '../../../core/notebook-commands';
import { afterPrefix, keyBindings, type KeyScope, strokesOf } from '../../../core/notebook-keys';
import { isMac } from '../page/words';
import type { Page } from '../store';

const cells = '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus';
const editor = '.jp-Notebook.jp-mod-editMode';

const selectors: Readonly<Record<KeyScope, string>> = {
  page: 'body',
  notebook: '.nb-host',
  cells,
  editor,
  'text-cell': '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) .jp-MarkdownCell:focus',
};

/** Keys that count only where suggestions or help make sense. */
const finer: Readonly<Partial<Record<string, string>>> = {
  Tab: '.jp-Notebook.jp-mod-editMode .jp-mod-completer-enabled:not(.jp-mod-at-line-beginning)',
  'Shift Tab': '.jp-Notebook.jp-mod-editMode .jp-InputArea-editor:not(.jp-mod-has-primary-selection):not(.jp-mod-in-leading-whitespace):not(.jp-mod-completer-active)',
  Enter: '.jp-Notebook.jp-mod-commandMode .jp-Cell:focus',
};

export const commandName = (id: CommandId): string => `allmende:${id}`;

export function bindKeys(registry: CommandRegistry): void {
  for (const { command, keys, scope } of keyBindings) {
    if (keys.startsWith('Accel M, ')) continue;
    const strokes = strokesOf(keys).map(stroke => stroke.join(' '));
    const args = { stay: scope === 'cells' && command.startsWith('insert-') };
    registry.addKeyBinding({ command: commandName(command), keys: strokes, selector: finer[keys] ?? selectors[scope], args });
  }
  registry.addKeyBinding({ command: 'tooltip:dismiss', keys: ['Escape'], selector: 'body.jp-mod-tooltip .jp-Notebook' });
  registry.addKeyBinding({ command: 'documentsearch:highlightNext', keys: ['Accel G'], selector: '.jp-mod-searchable' });
  registry.addKeyBinding({ command: 'documentsearch:highlightPrevious', keys: ['Accel Shift G'], selector: '.jp-mod-searchable' });
  registry.addKeyBinding({ command: 'documentsearch:end', keys: ['Escape'], selector: '.jp-mod-search-active' });
}

const patience = 5000;
const legendAfter = 600;

/** Ctrl+M, then a key: until it comes, for five seconds, nothing else is listening; after a moment the choices are shown. */
export class PrefixKeys {
  readonly #page: Page;
  readonly #follow = afterPrefix();
  #waiting: ReturnType<typeof setTimeout> | null = null;
  #legend: ReturnType<typeof setTimeout> | undefined;

  constructor(page: Page, where: HTMLElement) {
    this.#page = page;
    window.addEventListener('keydown', event => this.#onKey(event, where), true); // before Lumino, which listens at the document
  }

  #onKey(event: KeyboardEvent, where: HTMLElement): void {
    if (this.#waiting !== null) return this.#onSecond(event);
    const accel = isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    const isPrefix = accel && !event.altKey && !event.shiftKey && event.code === 'KeyM';
    if (!isPrefix || !(event.target instanceof Node) || !where.contains(event.target)) return;
    this.#swallow(event);
    this.#waiting = setTimeout(() => this.#end(), patience);
    this.#legend = setTimeout(() => this.#page.store.set({ legend: true }), legendAfter);
  }

  #onSecond(event: KeyboardEvent): void {
    if (['Control', 'Meta', 'Shift', 'Alt'].includes(event.key)) return;
    this.#swallow(event);
    this.#end();
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const found = this.#follow.get(event.shiftKey && /^[A-Z]$/.test(key) ? `Shift ${key}` : key);
    if (found) this.#page.run(found);
  }

  #swallow(event: KeyboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
  }

  #end(): void {
    if (this.#waiting) clearTimeout(this.#waiting);
    clearTimeout(this.#legend);
    this.#waiting = null;
    this.#page.store.set({ legend: false });
  }
}
