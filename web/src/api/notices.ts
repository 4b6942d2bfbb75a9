// What others did that concerns one: comments, notebooks, groups.
import { api } from './client';
import { addressOf } from './config';
import type { Notice, Notices } from './schema';
import { sharedAddress } from './sharing';

export const listNotices = (): Promise<Notices> => api.get('api/notices');
export const markNoticesRead = (): Promise<void> => api.post('api/notices/read', {});

/** Where one sees what it is about. */
export function noticeAddress({ kind, about, comment }: Notice): string {
  if (kind === 'added') return addressOf('?view=groups');
  return sharedAddress(about) + (comment === undefined ? '' : `#comment=${comment}`);
}
