import { type Dispatcher, request } from 'undici';
import type { AppError } from '#kernel';
import { clientErrors } from './client-errors.ts';

export interface SendOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer's body may be silent. */
  readonly silenceMilliseconds?: number;
}

/** Sends one request. Throws `SERVER_UNREACHABLE`, or the signal's reason when it aborted. */
export async function sendRequest(
  url: URL,
  { silenceMilliseconds = 60_000, body, signal, ...options }: SendOptions,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      ...options,
      body: body ?? null,
      bodyTimeout: silenceMilliseconds,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw asConnectionError(error, url, signal);
  }
}

/** The whole body as text; throws as `sendRequest` does. */
export async function readBody(
  answer: Dispatcher.ResponseData,
  url: URL,
  signal?: AbortSignal,
): Promise<string> {
  try {
    return await answer.body.text();
  } catch (error) {
    throw asConnectionError(error, url, signal);
  }
}

export function asConnectionError(
  cause: unknown,
  url: URL,
  signal: AbortSignal | undefined,
): AppError | Error {
  if (signal?.aborted) return signal.reason as Error;
  const why = describeCause(cause);
  return clientErrors.fail(
    'SERVER_UNREACHABLE',
    `no answer from ${url.origin} (${why}); is the server running at ${url.origin}?`,
    { cause, detail: { server: url.origin } },
  );
}

/** Node's own words for a failed connection are often empty: the code says more. */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown reason';
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND') return 'no such host name';
  if (code === 'UND_ERR_SOCKET') return 'the connection broke';
  return cause.message || code || cause.name;
}
