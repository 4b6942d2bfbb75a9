// Commands in the page's language, with their keys as they stand on the keyboard.
import { type CommandId, type Commands, isEnabled } from '../../../core/notebook-commands';
import { keysOf, keyText } from '../../../core/notebook-keys';
import { t } from '../../../ui/i18n';
import type { MenuItem } from '../../../ui/menu';
import type { Page } from '../store';

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

export const titleOf = (id: CommandId): string => t(`command.${id}`);

export function keyWords(keys: string): string {
  return keyText(keys, isMac(), { Ctrl: t('key.ctrl'), Shift: t('key.shift'), Enter: t('key.enter'), Escape: t('key.escape'), Space: t('key.space'), Home: t('key.home'), End: t('key.end') });
}

/** "Run cell (Ctrl+Enter)". */
export function titleWithKeys(id: CommandId): string {
  const keys = keysOf(id);
  return keys ? `${titleOf(id)} (${keyWords(keys)})` : titleOf(id);
}

/** A command as a line of a menu. */
export function menuItem(page: Page, id: CommandId, commands: Commands): MenuItem {
  const command = commands[id];
  const keys = keysOf(id);
  const line = { label: titleOf(id), disabled: !isEnabled(command), run: () => page.run(id), ...(keys ? { keys: keyWords(keys) } : {}) };
  if (command?.isChosen) return { kind: 'choice', chosen: command.isChosen(), ...line };
  return { kind: 'action', danger: id === 'delete' || id === 'end-runtime' || id === 'move-to-trash', ...line };
}
