// Files, spoken of as Jupyter's contents: the drive of the person and the disk of a runtime answer alike.
import { api } from './client';
import { addressOf, escapedPath } from './config';

export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly type: 'directory' | 'file' | 'notebook';
  readonly size: number | null;
  readonly last_modified: string;
  readonly writable: boolean;
  readonly mimetype?: string | null;
}

interface WithContent<T> extends FileEntry {
  readonly content: T;
}

const chunk = 1024 * 1024;
const inOnePiece = 4 * chunk;

async function base64(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await part.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** A place that speaks the contents API below `prefix`, e.g. `api/contents`. */
export class Files {
  readonly #contents: string;
  readonly #raw: string;

  constructor(contents: string, raw: string) {
    this.#contents = contents;
    this.#raw = raw;
  }

  #at(path: string, query = ''): string {
    return `${this.#contents}/${escapedPath(path)}${query}`;
  }

  async list(path: string): Promise<FileEntry[]> {
    const { content } = await api.get<WithContent<FileEntry[]>>(this.#at(path, '?type=directory&content=1'));
    return [...content].sort((a, b) => Number(b.type === 'directory') - Number(a.type === 'directory') || a.name.localeCompare(b.name, undefined, { numeric: true }));
  }

  async text(path: string): Promise<string> {
    return (await api.get<WithContent<string>>(this.#at(path, '?type=file&format=text&content=1'))).content;
  }

  putText(path: string, content: string): Promise<FileEntry> {
    return api.put(this.#at(path), { type: 'file', format: 'text', content });
  }

  putNotebook(path: string, content: unknown): Promise<FileEntry> {
    return api.put(this.#at(path), { type: 'notebook', format: 'json', content });
  }

  makeNotebook(folder: string): Promise<FileEntry> {
    return api.post(this.#at(folder), { type: 'notebook' });
  }

  makeText(folder: string): Promise<FileEntry> {
    return api.post(this.#at(folder), { type: 'file', ext: '.txt' });
  }

  makeFolder(folder: string): Promise<FileEntry> {
    return api.post(this.#at(folder), { type: 'directory' });
  }

  copy(path: string, folder: string): Promise<FileEntry> {
    return api.post(this.#at(folder), { copy_from: path });
  }

  rename(path: string, next: string): Promise<FileEntry> {
    return api.patch(this.#at(path), { path: next });
  }

  /** Deletes; on the drive that means the trash, whose id is answered. */
  async remove(path: string): Promise<string | null> {
    return (await api.raw('DELETE', this.#at(path))).headers.get('X-Allmende-Trash');
  }

  /** Uploads in pieces of 1 MiB, so that nobody holds a large file twice in memory. */
  async upload(path: string, file: Blob, onProgress: (share: number) => void = () => {}): Promise<void> {
    if (file.size <= inOnePiece) {
      await api.put(this.#at(path), { type: 'file', format: 'base64', content: await base64(file) });
      onProgress(1);
      return;
    }
    const pieces = Math.ceil(file.size / chunk);
    for (let piece = 1; piece <= pieces; piece++) {
      const content = await base64(file.slice((piece - 1) * chunk, piece * chunk));
      await api.put(this.#at(path), { type: 'file', format: 'base64', content, chunk: piece === pieces ? -1 : piece });
      onProgress(piece / pieces);
    }
  }

  downloadAddress(path: string): string {
    return addressOf(`${this.#raw}/${escapedPath(path)}?download=1`);
  }
}

/** What the person keeps. */
export const drive = new Files('api/contents', 'files');

/** A text file with the hash by which it is known whether somebody else has changed it. */
export async function readTextToEdit(path: string, signal?: AbortSignal): Promise<{ text: string; hash: string; writable: boolean }> {
  const file = await api.get<FileEntry & { content: string; hash: string }>(`api/contents/${escapedPath(path)}?type=file&format=text&content=1&hash=1`, signal ? { signal } : {});
  return { text: file.content, hash: file.hash, writable: file.writable };
}

/** Only over what has this hash, else it fails with 412. Answers the hash of what is there then. */
export async function writeTextOver(path: string, content: string, hash: string): Promise<string> {
  const reply = await api.raw('PUT', `api/contents/${escapedPath(path)}`, { body: { type: 'file', format: 'text', content }, headers: { 'If-Match': `"${hash}"` } });
  return (reply.headers.get('ETag') ?? '').replaceAll('"', '');
}

export const editAddress = (path: string): string => addressOf(`edit/${escapedPath(path)}`);

/** `/content` of a runtime. */
export const runtimeFiles = (runtime: string): Files => new Files(`api/runtimes/${encodeURIComponent(runtime)}/contents`, `api/runtimes/${encodeURIComponent(runtime)}/files`);

export const restoreFromTrash = (id: string): Promise<FileEntry> => api.post(`api/trash/${encodeURIComponent(id)}/restore`);

export const notebookAddress = (path: string): string => addressOf(`notebooks/${escapedPath(path)}`);

/** Hands text to the browser's downloads. */
export function downloadText(name: string, text: string, mime: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: mime }));
  downloadFrom(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function downloadFrom(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
