import { AppError } from '#kernel';
import { transferErrors } from '../transfer-errors.ts';

/**
 * A failed connection in words of ours; the signal's reason where it aborted, and an error of ours
 * as it is.
 */
export function asUnreachable(cause: unknown, { host }: URL, signal?: AbortSignal): Error {
  if (signal?.aborted) return signal.reason as Error;
  if (cause instanceof AppError) return cause;
  return transferErrors.fail('REGISTRY_UNREACHABLE', `no answer from ${host} (${whyOf(cause)})`, {
    cause,
    detail: { registry: host },
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host name',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'it did not take the connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'it fell silent',
  UND_ERR_BODY_TIMEOUT: 'it fell silent',
};

/** Node's own words for a failed connection are often empty: the code says more. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown reason';
  const { code = '' } = cause as NodeJS.ErrnoException;
  return words[code] ?? (cause.message || code || cause.name);
}
