// Sends a file to the drive piece by piece, telling how far it is. XMLHttpRequest, because fetch says nothing while a body is on its way.
import { type Piece, piecesOf } from '../core/upload';
import { ApiError, xsrfToken } from './client';
import { addressOf, escapedPath } from './config';

function base64(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,?/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(part);
  });
}

function failureOf(request: XMLHttpRequest): ApiError {
  let said: { message?: string; reason?: string } = {};
  try {
    said = JSON.parse(request.responseText) as typeof said;
  } catch {
    // A proxy may answer with a page of its own.
  }
  return new ApiError(request.status, said.reason ?? '', said.message ?? `${request.status} ${request.statusText}`);
}

interface Sending {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

function send(piece: Piece, content: string, { path, signal, onSent }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const settle = (finish: () => void) => () => {
      signal.removeEventListener('abort', stop);
      finish();
    };
    request.open('PUT', addressOf(`api/contents/${escapedPath(path)}`));
    request.setRequestHeader('Content-Type', 'application/json');
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-XSRFToken', xsrfToken());
    request.upload.onprogress = event => onSent(piece.from + (event.total ? (event.loaded / event.total) * (piece.to - piece.from) : 0));
    request.onload = settle(() => (request.status < 300 ? resolve() : reject(failureOf(request))));
    request.onerror = settle(() => reject(new ApiError(0, 'unreachable', 'The server does not answer.')));
    request.onabort = settle(() => reject(new DOMException('the upload was cancelled', 'AbortError')));
    signal.addEventListener('abort', stop);
    const type = 'file';
    request.send(JSON.stringify(piece.chunk === null ? { type, format: 'base64', content } : { type, format: 'base64', content, chunk: piece.chunk }));
  });
}

/** Resolves when the whole file is on the drive. Until then nothing of it is there, and what it replaces stays. */
export async function uploadFile(file: Blob, sending: Sending): Promise<void> {
  for (const piece of piecesOf(file.size)) {
    const content = await base64(file.slice(piece.from, piece.to));
    sending.signal.throwIfAborted();
    await send(piece, content, sending);
    sending.onSent(piece.to);
  }
}
