// Groups of people: making them, who is in them, invitations.
import { api } from './client';
import { addressOf } from './config';
import type { Group, GroupMember, Invitation, Invited } from './schema';

const at = (group: string, what = '') => `api/groups/${encodeURIComponent(group)}${what && `/${what}`}`;
const byCode = (code: string) => `api/invitations/${encodeURIComponent(code)}`;

/** What somebody opens to join by an invitation. */
export const invitationAddress = (code: string): string => new URL(addressOf(`join/${code}`), location.origin).href;

export const listGroups = (): Promise<Group[]> => api.get('api/groups');
export const makeGroup = (title: string): Promise<Group> => api.post('api/groups', { title });
export const renameGroup = (group: string, title: string): Promise<Group> => api.patch(at(group), { title });
export const deleteGroup = (group: string): Promise<void> => api.delete(at(group));

export const listMembers = (group: string): Promise<GroupMember[]> => api.get(at(group, 'members'));
/** Adds somebody, or changes their part. */
export const putMember = (group: string, account: string, part: string): Promise<void> => api.put(at(group, 'members'), { account, part });
/** By the account's id; one can take out oneself. */
export const takeMember = (group: string, id: string): Promise<void> => api.delete(at(group, `members/${encodeURIComponent(id)}`));

/** Whose code is shown this once. */
export const makeInvitation = (group: string): Promise<Invitation> => api.post(at(group, 'invitation'), {});
export const endInvitation = (group: string): Promise<void> => api.delete(at(group, 'invitation'));
export const readInvitation = (code: string): Promise<Invited> => api.get(byCode(code));
export const joinGroup = (code: string): Promise<Group> => api.post(byCode(code), {});
