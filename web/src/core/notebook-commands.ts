// What can be done on the notebook page: one name for each deed. Menus, palette, keys, toolbars and the shortcut list are made from here.
import { isAtLeast, type Role } from './role';

export const commandIds = [
  // File
  'new-notebook', 'open', 'share', 'rename', 'duplicate', 'copy-without-outputs', 'move-to-trash', 'save', 'history', 'download', 'download-python', 'download-with-comments', 'print',
  // Edit
  'undo', 'redo', 'cut', 'copy', 'paste', 'duplicate-cell', 'delete', 'select-all', 'find', 'replace', 'split', 'merge', 'to-code', 'to-text', 'to-raw', 'clear-output', 'clear-all-outputs',
  // View
  'panel-contents', 'panel-files', 'panel-comments', 'toggle-code', 'toggle-output', 'fold-sections', 'unfold-sections', 'line-numbers', 'theme-system', 'theme-light', 'theme-dark',
  // Insert
  'insert-code', 'insert-text', 'insert-code-above', 'insert-text-above', 'comment',
  // Runtime
  'run-all', 'run-before', 'run-cell', 'run-selected', 'run-after', 'run-and-next', 'run-and-insert', 'interrupt', 'restart', 'restart-run-all', 'connect', 'show-runtime', 'runtime-type', 'web-apps', 'packages', 'end-runtime',
  // Cells
  'move-up', 'move-down', 'previous', 'next', 'extend-up', 'extend-down', 'extend-top', 'extend-bottom', 'edit', 'leave-editor', 'copy-link',
  'heading-1', 'heading-2', 'heading-3', 'heading-4', 'heading-5', 'heading-6', 'complete', 'inspect',
  // Tools and help
  'palette', 'shortcuts', 'settings', 'api-docs', 'about',
] as const;

export type CommandId = (typeof commandIds)[number];

export interface Command {
  readonly run: () => void;
  /** Absent means always. */
  readonly isEnabled?: () => boolean;
  /** Whether it is on; only for those that switch something. */
  readonly isChosen?: () => boolean;
}

/** Every deed; partly filled while the notebook loads. */
export type Commands = Readonly<Partial<Record<CommandId, Command>>>;

export const isEnabled = (command: Command | undefined): boolean => command !== undefined && (command.isEnabled?.() ?? true);

/** What who may only read can do; all else changes the notebook or runs it. */
const forReaders: ReadonlySet<CommandId> = new Set<CommandId>([
  'new-notebook', 'open', 'duplicate', 'copy-without-outputs', 'save', 'download', 'download-python', 'download-with-comments', 'print', 'copy', 'select-all', 'find', 'panel-contents', 'panel-files', 'panel-comments', 'fold-sections', 'unfold-sections', 'line-numbers',
  'theme-system', 'theme-light', 'theme-dark', 'previous', 'next', 'extend-up', 'extend-down', 'extend-top', 'extend-bottom', 'leave-editor', 'copy-link', 'palette', 'shortcuts', 'settings', 'api-docs', 'about',
]);
/** What is the owner's alone. */
const forOwners: ReadonlySet<CommandId> = new Set<CommandId>(['rename', 'move-to-trash']);
/** What needs a drive of one's own. */
const withAccount: ReadonlySet<CommandId> = new Set<CommandId>(['new-notebook', 'duplicate', 'copy-without-outputs', 'panel-files', 'panel-comments', 'comment', 'download-with-comments']);

/** Whether somebody of this role may do it at all. */
export const isAllowed = (id: CommandId, role: Role, hasAccount: boolean): boolean =>
  (isAtLeast(role, 'editor') || forReaders.has(id) || (id === 'comment' && role === 'commenter')) && (role === 'owner' || !forOwners.has(id)) && (hasAccount || !withAccount.has(id));

export type MenuId = 'file' | 'edit' | 'view' | 'insert' | 'runtime' | 'tools' | 'help';

/** '-' is a line between groups. */
export const menus: readonly { readonly id: MenuId; readonly items: readonly (CommandId | '-')[] }[] = [
  { id: 'file', items: ['new-notebook', 'open', '-', 'share', 'rename', 'duplicate', 'copy-without-outputs', 'move-to-trash', '-', 'save', 'history', '-', 'download', 'download-python', 'download-with-comments', '-', 'print'] },
  { id: 'edit', items: ['undo', 'redo', '-', 'cut', 'copy', 'paste', 'duplicate-cell', 'delete', 'select-all', '-', 'find', 'replace', '-', 'split', 'merge', 'to-code', 'to-text', '-', 'clear-output', 'clear-all-outputs'] },
  { id: 'view', items: ['panel-contents', 'panel-files', 'panel-comments', '-', 'toggle-code', 'toggle-output', 'fold-sections', 'unfold-sections', '-', 'line-numbers', '-', 'theme-system', 'theme-light', 'theme-dark'] },
  { id: 'insert', items: ['insert-code', 'insert-text', '-', 'insert-code-above', 'insert-text-above', '-', 'comment'] },
  { id: 'runtime', items: ['run-all', 'run-before', 'run-cell', 'run-selected', 'run-after', '-', 'interrupt', 'restart', 'restart-run-all', '-', 'connect', 'show-runtime', 'runtime-type', 'web-apps', 'packages', 'end-runtime'] },
  { id: 'tools', items: ['palette', 'shortcuts', '-', 'settings'] },
  { id: 'help', items: ['shortcuts', 'api-docs', '-', 'about'] },
];

/** What the palette offers: everything but moves that make sense only as keys. */
const onlyKeys: readonly CommandId[] = ['palette', 'previous', 'next', 'extend-up', 'extend-down', 'extend-top', 'extend-bottom', 'edit', 'leave-editor', 'complete', 'inspect'];
export const paletteIds: readonly CommandId[] = commandIds.filter(id => !onlyKeys.includes(id));

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Entries whose title has every word, those that begin with the first word first. */
export function fitting<E extends { readonly title: string }>(entries: readonly E[], words: string): E[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  const hits = entries.filter(entry => wanted.every(word => plain(entry.title).includes(word)));
  const rank = (entry: E) => (wanted[0] === undefined || plain(entry.title).startsWith(wanted[0]) ? 0 : plain(entry.title).includes(` ${wanted[0]}`) ? 1 : 2);
  return hits.map((entry, at) => ({ entry, at })).sort((a, b) => rank(a.entry) - rank(b.entry) || a.at - b.at).map(each => each.entry);
}
