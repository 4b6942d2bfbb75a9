// Reads the notebook of the address, and when that cannot be, finds out why.
import { ApiError, api } from '../../api/client';
import { escapedPath } from '../../api/config';
import { joinNotebook } from '../../api/documents';
import { joinDocument } from '../../api/sharing';
import type { Person } from '../../api/schema';
import { drive } from '../../api/files';
import type { OpenFault } from '../../core/notebook-address';
import { findNotebookFault } from '../../core/notebook-fault';
import { type Role, roleOf } from '../../core/role';
import type { Joined } from '../../core/room-link';

/** The file of a notebook as the contents API gives it, the room in which its content is, and what one may do with it. */
export interface ReadNotebook {
  readonly name: string;
  /** On the drive; of somebody else's notebook the one by which its kernel session is known. */
  readonly path: string;
  readonly role: Role;
  /** Whose it is, when that is somebody else. */
  readonly owner: Person | null;
  /** Whether one may run it in the owner's runtime. */
  readonly isLent: boolean;
  readonly created: string;
  readonly last_modified: string;
  readonly writable: boolean;
  readonly room: Joined;
}

export type Reading =
  | { readonly kind: 'ready'; readonly notebook: ReadNotebook }
  /** It is one's own, and has an address of its own. */
  | { readonly kind: 'own'; readonly path: string }
  | { readonly kind: 'failed'; readonly fault: OpenFault };

const failed = (fault: OpenFault): Reading => ({ kind: 'failed', fault });

const contents = (path: string, query: string) => `api/contents/${escapedPath(path)}?${query}`;

export async function readNotebook(path: string): Promise<Reading> {
  try {
    const [file, room] = await Promise.all([api.get<Pick<ReadNotebook, 'name' | 'path' | 'created' | 'last_modified' | 'writable'>>(contents(path, 'content=0')), joinNotebook(path)]);
    return { kind: 'ready', notebook: { ...file, role: 'owner', owner: null, isLent: false, room } };
  } catch (error) {
    return failed(await faultOf(error, path));
  }
}

/** The notebook of a share link. */
export async function readShared(document: string): Promise<Reading> {
  try {
    const { session, name, role, owner, path, session_path, in_runtime } = await joinDocument(document);
    if (path !== undefined) return { kind: 'own', path };
    const now = new Date().toISOString();
    const file = { name, path: session_path ?? `.shared/${document}.ipynb`, created: now, last_modified: now, writable: false };
    return { kind: 'ready', notebook: { ...file, role: roleOf(role), owner, isLent: in_runtime, room: { document, session } } };
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return failed({ kind: 'not-shared', document });
    return failed(await faultOf(error, ''));
  }
}

async function faultOf(error: unknown, path: string): Promise<OpenFault> {
  if (!(error instanceof ApiError)) return { kind: 'page', message: error instanceof Error ? error.message : String(error) };
  if (error.unreachable || error.status === 502 || error.status === 503 || error.status === 504) return { kind: 'away' };
  if (error.status === 401 || (error.status === 403 && error.message === 'Forbidden')) return { kind: 'signed-out' };
  if (error.status === 403) return { kind: 'forbidden', message: error.message };
  if (error.status === 404) return { kind: 'missing' };
  if (error.status === 413) return { kind: 'too-large', bytes: await sizeOf(path) };
  if (error.status === 400 || error.status === 422) {
    const fault = await faultOfText(path);
    return fault.kind === 'shape' ? { kind: 'server', message: error.message } : fault;
  }
  return { kind: 'server', message: error.message };
}

const sizeOf = (path: string): Promise<number | null> => api.get<{ size: number | null }>(contents(path, 'content=0')).then(model => model.size, () => null);

/** The server found it broken: its text says where. */
async function faultOfText(path: string): Promise<OpenFault> {
  try {
    if ((await api.get<{ type: string }>(contents(path, 'content=0'))).type === 'directory') return { kind: 'no-notebook' };
    const fault = findNotebookFault(await drive.text(path));
    if (fault?.kind === 'json') return { kind: 'json', place: { line: fault.line, column: fault.column } };
    if (fault?.kind === 'newer' || fault?.kind === 'older') return { kind: fault.kind, nbformat: fault.nbformat };
    return { kind: fault?.kind === 'empty' ? 'empty' : 'shape' };
  } catch {
    return { kind: 'no-notebook' };
  }
}

/** A notebook with nothing in it but a first cell, for a file that is empty. */
export async function writeFreshNotebook(path: string): Promise<void> {
  await drive.putNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [{ id: 'first', cell_type: 'code', metadata: {}, source: '', outputs: [], execution_count: null }] });
}
