import { describe, expect, it } from 'vitest';
import { commandIds, isAllowed } from './notebook-commands';

describe('what can be done', () => {
  const allowed = (role: Parameters<typeof isAllowed>[1], hasAccount = true) => commandIds.filter(id => isAllowed(id, role, hasAccount));

  it('is all for an owner', () => {
    expect(allowed('owner')).toEqual(commandIds);
  });

  it('is all but the file’s own affairs for an editor', () => {
    expect(commandIds.filter(id => !allowed('editor').includes(id))).toEqual(['rename', 'move-to-trash']);
  });

  it('changes and runs nothing for who may only read, and comments for who may comment', () => {
    const changing = ['run-cell', 'run-all', 'delete', 'paste', 'undo', 'insert-code', 'to-code', 'move-up', 'edit', 'connect', 'restart', 'clear-output', 'toggle-code', 'share', 'history'] as const;
    expect(changing.filter(id => isAllowed(id, 'viewer', true))).toEqual([]);
    expect(allowed('commenter').filter(id => !allowed('viewer').includes(id))).toEqual(['comment']);
    expect(isAllowed('download', 'viewer', false)).toBe(true);
  });

  it('needs no drive of one’s own where there is no account', () => {
    expect(allowed('viewer').filter(id => !allowed('viewer', false).includes(id))).toEqual(['new-notebook', 'duplicate', 'copy-without-outputs', 'download-with-comments', 'panel-files', 'panel-comments']);
  });
});
