// Live documents: the room of a notebook, and running its cells in the server.
import type { Revision } from '../core/history';
import type { NotebookContent } from '../core/notebook-content';
import type { Joined } from '../core/room-link';
import { api } from './client';
import { addressOf, escapedPath } from './config';

/** Asks for the room of the notebook at a path of the drive. Fails as reading it would. */
export async function joinNotebook(path: string): Promise<Joined> {
  const { fileId, sessionId } = await api.put<{ fileId: string; sessionId: string }>(`api/collaboration/session/${escapedPath(path)}`, { format: 'json', type: 'notebook' });
  return { document: fileId, session: sessionId };
}

export function openRoom({ document, session }: Joined): WebSocket {
  const address = new URL(addressOf(`api/collaboration/room/json:notebook:${document}?sessionId=${encodeURIComponent(session)}&acknowledge=1`), location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  return new WebSocket(address);
}

const at = (document: string, what: string) => `api/documents/${encodeURIComponent(document)}/${what}`;

export interface WishedRun {
  readonly id: string;
  readonly source_hash: string;
}

/** Takes cells on, one behind the other. Cells without source are in no run. 409: a cell is not as it was seen. */
export async function runCells(document: string, cells: readonly WishedRun[], { kernelName, runtime }: { kernelName: string | undefined; runtime: 'own' | 'owner' }): Promise<{ id: string; cell: string }[]> {
  const { runs } = await api.post<{ runs: { id: string; cell: string }[] }>(at(document, 'runs'), { cells, runtime, ...(kernelName ? { kernel_name: kernelName } : {}) });
  return runs;
}

/** How the last run of a cell went, and whose it was. */
export interface LastRun {
  readonly cell: string;
  readonly account: string;
  /** The name of who ran it. */
  readonly by: string;
  /** The account in whose runtime it ran. */
  readonly runtime_of: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly status: 'ok' | 'error';
}

/** Forgets the cells that wait and interrupts the one that runs. */
export const cancelRuns = (document: string): Promise<void> => api.delete(at(document, 'runs'));

export const answerInput = (document: string, run: string, value: string): Promise<void> => api.post(at(document, 'input'), { run, value });

/** A large part of an output. */
export const readOutput = (document: string, hash: string): Promise<unknown> => api.get(at(document, `large-outputs/${hash}`));

/** Large parts of another document, which one may read, are this one's, too. */
export const adoptOutputs = (document: string, from: string, hashes: readonly string[]): Promise<void> => api.post(at(document, 'large-outputs'), { from, hashes });

// Earlier states.

export const listRevisions = async (document: string): Promise<readonly Revision[]> => (await api.get<{ revisions: readonly Revision[] }>(at(document, 'revisions'))).revisions;

export const nameRevision = (document: string, name: string): Promise<Revision> => api.post(at(document, 'revisions'), { name });

export const readRevision = (document: string, revision: string): Promise<NotebookContent> => api.get(at(document, `revisions/${encodeURIComponent(revision)}`));

/** The notebook, or one cell of it, becomes as it was. */
export const restoreRevision = (document: string, revision: string, cell?: string): Promise<void> => api.post(at(document, `revisions/${encodeURIComponent(revision)}/restore`), cell === undefined ? {} : { cell });
