// A notebook that one may only read: nothing on the page changes it; and what the server says of one's role and of those who ask for it.
import { type NotebookPanel, StaticNotebook } from '@jupyterlab/notebook';
import { sharedAddress } from '../../../api/sharing';
import { isAtLeast, roleOf } from '../../../core/role';
import type { Notice, RoomLink } from '../../../core/room-link';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';

export function readOnlyEditors(): StaticNotebook.IEditorConfig {
  const { code, markdown, raw } = StaticNotebook.defaultEditorConfig;
  const readOnly = true;
  return { code: { ...code, readOnly }, markdown: { ...markdown, readOnly }, raw: { ...raw, readOnly } };
}

/** What JupyterLab would do by itself: open text cells for writing, let cells be dragged to another place. */
export function onlyRead({ content: notebook }: NotebookPanel): void {
  const stop = (event: Event) => event.stopImmediatePropagation();
  for (const kind of ['dblclick', 'lm-dragenter', 'lm-drop'] as const) notebook.node.addEventListener(kind, stop, { capture: true });
}

export function hearOfSharing(page: Page, link: RoomLink, notice: Notice): void {
  if (notice.type === 'role') takeRole(page, link, String(notice['role']));
  else if (notice.type === 'transferred') location.assign(`${sharedAddress(link.joined?.document ?? '')}${location.hash}`);
  else if (notice.type === 'access-requested') {
    const actions = [{ label: t('share.look'), run: () => page.show({ kind: 'share' }) }];
    page.raise({ id: 'asked', tone: 'plain', text: t('share.asked', { name: String(notice['name']) }), actions, canClose: true });
  }
}

/** Between reading and writing the page is made anew: editors, commands and what is kept differ. */
function takeRole(page: Page, link: RoomLink, name: string): void {
  const role = roleOf(name);
  const before = page.mayEdit;
  page.store.set({ role });
  if (page.mayEdit === before) return;
  link.onlyReads ||= !isAtLeast(role, 'editor');
  const actions = [{ label: t('reload'), run: () => location.reload() }];
  page.raise({ id: 'role', tone: page.mayEdit ? 'plain' : 'warn', text: t(page.mayEdit ? 'role.mayEdit' : 'role.mayRead'), actions, canClose: false });
}
