// How the page asks the server: JSON both ways, the XSRF token on everything but reading, failures as one kind of error.
import { addressOf } from './config';

/** The server said no, or could not be reached (status 0). `message` is a sentence that may be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSeconds: number | null;
  /** The id of the decision that is the reason, by a rule of the commons. */
  readonly decision: string | null;

  constructor(status: number, reason: string, message: string, { retryAfterSeconds = null, decision = null }: { retryAfterSeconds?: number | null; decision?: string | null } = {}) {
    super(message);
    this.decision = decision;
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

export interface Ask {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The token of the `_xsrf` cookie; Jupyter's way: cookie and header must say the same. */
export function xsrfToken(): string {
  const found = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
  return found?.[1] ? decodeURIComponent(found[1]) : '';
}

async function failureOf(response: Response): Promise<ApiError> {
  const said = (await response.json().catch(() => ({}))) as { message?: string; reason?: string; decision?: string };
  const wait = Number(response.headers.get('Retry-After'));
  return new ApiError(response.status, said.reason ?? '', said.message ?? `${response.status} ${response.statusText}`, { retryAfterSeconds: wait > 0 ? wait : null, decision: said.decision ?? null });
}

async function send(method: string, path: string, ask: Ask): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...ask.headers };
  if (method !== 'GET') headers['X-XSRFToken'] = xsrfToken();
  const raw = ask.body instanceof Blob || ask.body instanceof ArrayBuffer;
  if (ask.body !== undefined && !raw) headers['Content-Type'] = 'application/json';
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (ask.body !== undefined) init.body = raw ? (ask.body as Blob) : JSON.stringify(ask.body);
  if (ask.signal) init.signal = ask.signal;
  let response: Response;
  try {
    response = await fetch(addressOf(path), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The server does not answer.');
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function json<T>(method: string, path: string, ask: Ask): Promise<T> {
  const response = await send(method, path, ask);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  get: <T>(path: string, ask: Ask = {}) => json<T>('GET', path, ask),
  post: <T>(path: string, body?: unknown, ask: Ask = {}) => json<T>('POST', path, body === undefined ? ask : { ...ask, body }),
  put: <T>(path: string, body: unknown, ask: Ask = {}) => json<T>('PUT', path, { ...ask, body }),
  patch: <T>(path: string, body: unknown, ask: Ask = {}) => json<T>('PATCH', path, { ...ask, body }),
  delete: <T = void>(path: string, ask: Ask = {}) => json<T>('DELETE', path, ask),
  /** For downloads and headers: the answer itself. */
  raw: (method: string, path: string, ask: Ask = {}) => send(method, path, ask),
};
