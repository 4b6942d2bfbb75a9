// Notebooks in other people's hands: joining one by its id, giving and taking, asking for it, copies.
import type { FileEntry } from './files';
import { api } from './client';
import { addressOf } from './config';
import type { AccessRequest, DocumentShare, JoinedDocument, SharedDocument } from './schema';

const at = (document: string, what = '') => `api/documents/${encodeURIComponent(document)}${what && `/${what}`}`;

/** Where a notebook is for everybody who may open it. */
export const sharedAddress = (document: string): string => addressOf(`d/${document}`);

export const joinDocument = (document: string): Promise<JoinedDocument> => api.get(at(document));

export const listShared = (signal?: AbortSignal): Promise<SharedDocument[]> => api.get('api/documents/shared', signal ? { signal } : {});

export const listShares = (document: string): Promise<DocumentShare[]> => api.get(at(document, 'shares'));

export interface Gift {
  readonly whom: 'account' | 'group' | 'everyone' | 'link';
  /** The name of an account, for that alone. */
  readonly account?: string;
  /** The id of a group, for that alone. */
  readonly group?: string;
  readonly role: string;
  /** Whether an editor may run it in the owner's runtime. */
  readonly in_runtime?: boolean;
  readonly expires_in_s?: number;
}

/** What was given to the same before is changed by it. */
export const shareWith = (document: string, gift: Gift): Promise<DocumentShare> => api.post(at(document, 'shares'), gift);
export const takeBack = (document: string, share: string): Promise<void> => api.delete(at(document, `shares/${encodeURIComponent(share)}`));

export const askForAccess = (document: string, role: string, message: string): Promise<void> => api.post(at(document, 'access-requests'), { role, message });
export const listAccessRequests = (document: string): Promise<AccessRequest[]> => api.get(at(document, 'access-requests'));
export const refuseAccess = (document: string, account: string): Promise<void> => api.delete(at(document, `access-requests/${encodeURIComponent(account)}`));

export const giveAway = (document: string, account: string): Promise<void> => api.put(at(document, 'owner'), { account });

/** On one's own drive. */
export const copyDocument = (document: string, outputs = true): Promise<FileEntry> => api.post(at(document, 'copies'), { outputs });
