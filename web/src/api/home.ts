// What the home page asks beyond files: what was used last, what fits a search, the trash, which notebooks run.
import { api } from './client';
import { escapedPath } from './config';
import type { FileEntry } from './files';
import type { Trashed } from './schema';

export const recentFiles = (limit: number, signal?: AbortSignal): Promise<FileEntry[]> => api.get(`api/drive/recent?limit=${limit}`, signal ? { signal } : {});

export const searchFiles = (query: string, limit: number, signal: AbortSignal): Promise<FileEntry[]> =>
  api.get(`api/drive/search?query=${encodeURIComponent(query)}&limit=${limit}`, { signal });

/** The names in a folder, folders and files alike. */
export async function listFolder(path: string, signal: AbortSignal): Promise<FileEntry[]> {
  const folder = await api.get<{ content: FileEntry[] }>(`api/contents/${escapedPath(path)}?type=directory&content=1`, { signal });
  return folder.content;
}

/** Makes a folder of this name; one that is there already is as good. */
export const putFolder = (path: string): Promise<FileEntry> => api.put(`api/contents/${escapedPath(path)}`, { type: 'directory' });

export const listTrash = (signal?: AbortSignal): Promise<Trashed[]> => api.get('api/trash', signal ? { signal } : {});
export const purge = (id: string): Promise<void> => api.delete(`api/trash/${encodeURIComponent(id)}`);
export const emptyTrash = (): Promise<void> => api.delete('api/trash');

export interface RunningNotebook {
  readonly path: string;
  readonly state: 'busy' | 'idle';
  /** The id of the runtime that its kernel is in. */
  readonly runtime: string;
}

export async function runningNotebooks(): Promise<RunningNotebook[]> {
  const sessions = await api.get<{ path: string; kernel?: { execution_state?: string; runtime?: string } | null }[]>('api/sessions');
  return sessions.map(({ path, kernel }) => ({ path, state: kernel?.execution_state === 'busy' ? 'busy' : 'idle', runtime: kernel?.runtime ?? '' }));
}
