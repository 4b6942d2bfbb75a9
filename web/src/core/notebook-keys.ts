// Which keys do what: Colab's, with Ctrl+M before a letter, and Jupyter's single letters outside the editor.
import type { CommandId } from './notebook-commands';

/** Where a key counts: anywhere on the page, in the notebook, with a cell chosen but not its editor, in an editor, with a text cell chosen. */
export type KeyScope = 'page' | 'notebook' | 'cells' | 'editor' | 'text-cell';

export interface KeyBinding {
  readonly command: CommandId;
  /** Strokes with a space between modifiers and key; two strokes have a comma between: "Accel M, B". Accel is Ctrl, ⌘ on a Mac. */
  readonly keys: string;
  readonly scope: KeyScope;
}

const bind = (scope: KeyScope, table: Readonly<Partial<Record<CommandId, readonly string[]>>>): KeyBinding[] =>
  Object.entries(table).flatMap(([command, keys]) => keys.map(each => ({ command: command as CommandId, keys: each, scope })));

export const keyBindings: readonly KeyBinding[] = [
  ...bind('page', {
    save: ['Accel S'], palette: ['Accel Shift P'], settings: ['Accel ,'], find: ['Accel F'], replace: ['Accel H'], open: ['Accel O'],
  }),
  ...bind('notebook', {
    'run-cell': ['Accel Enter'], 'run-and-next': ['Shift Enter'], 'run-and-insert': ['Alt Enter'], 'run-selected': ['Accel Shift Enter'],
    'run-all': ['Accel F9'], 'run-before': ['Accel F8'], 'run-after': ['Accel F10'], 'select-all': ['Accel Shift A'],
    'move-up': ['Accel M, K'], 'move-down': ['Accel M, J'], next: ['Accel M, N'], previous: ['Accel M, P'],
    'insert-code-above': ['Accel M, A'], 'insert-code': ['Accel M, B'], delete: ['Accel M, D'], 'to-text': ['Accel M, M'], 'to-code': ['Accel M, Y'],
    interrupt: ['Accel M, I'], restart: ['Accel M, .'], split: ['Accel M, -'], merge: ['Accel M, /'], undo: ['Accel M, Z'], redo: ['Accel M, Shift Z'],
    'line-numbers': ['Accel M, L'], 'toggle-output': ['Accel M, O'], shortcuts: ['Accel M, H'], 'copy-link': ['Accel M, C'], comment: ['Accel Alt M'],
    'unfold-sections': ['Accel ]'], 'fold-sections': ['Accel ['],
  }),
  ...bind('cells', {
    edit: ['Enter'], 'insert-code-above': ['A'], 'insert-code': ['B'], cut: ['X'], copy: ['C'], paste: ['V'], delete: ['D, D'], undo: ['Z'], redo: ['Shift Z'],
    'to-code': ['Y'], 'to-text': ['M'], 'to-raw': ['R'], next: ['ArrowDown', 'J'], previous: ['ArrowUp', 'K'],
    'extend-down': ['Shift ArrowDown', 'Shift J'], 'extend-up': ['Shift ArrowUp', 'Shift K'], 'extend-top': ['Shift Home'], 'extend-bottom': ['Shift End'],
    merge: ['Shift M'], 'select-all': ['Accel A'], 'move-up': ['Accel Shift ArrowUp'], 'move-down': ['Accel Shift ArrowDown'],
    interrupt: ['I, I'], restart: ['0, 0'], 'line-numbers': ['L'], 'toggle-output': ['O'], shortcuts: ['H'], save: ['S'], palette: ['P'],
  }),
  ...bind('text-cell', { 'heading-1': ['1'], 'heading-2': ['2'], 'heading-3': ['3'], 'heading-4': ['4'], 'heading-5': ['5'], 'heading-6': ['6'] }),
  ...bind('editor', { 'leave-editor': ['Escape'], split: ['Accel Shift -'], complete: ['Tab', 'Ctrl Space'], inspect: ['Shift Tab', 'Accel Shift Space'] }),
];

/** "Accel M, B" → [["Accel", "M"], ["B"]]. */
export function strokesOf(keys: string): string[][] {
  return keys.split(', ').map(stroke => stroke.split(' '));
}

const macSigns: Readonly<Record<string, string>> = { Accel: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Enter: '↩', Escape: 'esc', ArrowUp: '↑', ArrowDown: '↓' };

/** Words for keys in the page's language; those not here are written as they are. */
export interface KeyWords {
  readonly [key: string]: string;
}

/** "Accel M, B" → "Ctrl+M B" or "⌘M B". */
export function keyText(keys: string, mac: boolean, words: KeyWords = {}): string {
  const signs: Readonly<Record<string, string>> = mac ? macSigns : { Accel: words['Ctrl'] ?? 'Ctrl', ArrowUp: '↑', ArrowDown: '↓' };
  return strokesOf(keys).map(stroke => stroke.map(key => signs[key] ?? words[key] ?? key).join(mac ? '' : '+')).join(' ');
}

/** The keys to show beside a command: the one that works in most places. */
export function keysOf(command: CommandId): string | null {
  const order: readonly KeyScope[] = ['page', 'notebook', 'editor', 'cells', 'text-cell'];
  const all = keyBindings.filter(each => each.command === command);
  return [...all].sort((a, b) => order.indexOf(a.scope) - order.indexOf(b.scope))[0]?.keys ?? null;
}

/** What follows Ctrl+M, by the key pressed then. */
export function afterPrefix(): ReadonlyMap<string, CommandId> {
  const prefix = 'Accel M, ';
  return new Map(keyBindings.filter(each => each.keys.startsWith(prefix)).map(each => [each.keys.slice(prefix.length), each.command]));
}
