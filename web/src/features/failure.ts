// What a failed request is called in front of a person.
import { ApiError } from '../api/client';
import { t } from '../ui/i18n';

/** The session is over: whatever was asked, signing in comes first. */
export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && (error.status === 401 || (error.status === 403 && error.message === 'Forbidden'));

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** A sentence in the page's language where we have one for the case, else the server's own. */
export function failureWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('failure.page', { message: error instanceof Error ? error.message : String(error) });
  if (error.unreachable) return t('failure.away');
  if (isSignedOut(error)) return t('failure.signedOut');
  if (error.status === 404) return t('failure.notFound');
  if (error.status === 413) return t('failure.tooLarge');
  if (error.status === 429 && error.retryAfterSeconds) return t('failure.tooOften', { count: error.retryAfterSeconds });
  if (error.status >= 500 && !error.message) return t('failure.server', { status: error.status });
  return error.message;
}
