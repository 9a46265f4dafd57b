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

/** An answer that has begun. */
export interface Answer {
  readonly status: number;
  readonly isSuccess: boolean;
  /**
   * The body as it comes, for one reader; who stops reading before its end closes the connection.
   * Throws `SERVER_UNREACHABLE` when it breaks off or falls silent, and the signal's reason.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Sends one request and gives the answer when it begins. A redirect is an answer too, since a
 * credential follows nobody. Throws `SERVER_UNREACHABLE`, or the signal's reason when it aborted.
 */
export async function sendRequest(
  url: URL,
  { silenceMilliseconds = 60_000, signal, ...request }: SendOptions,
): Promise<Answer> {
  const silence = new AbortController();
  const either = AbortSignal.any([silence.signal, ...(signal === undefined ? [] : [signal])]);
  const explain = (cause: unknown) =>
    signal?.aborted
      ? (signal.reason as Error)
      : connectionError(silence.signal.aborted ? silence.signal.reason : cause, url);
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal: either });
    const chunks = readChunks(response.body, { silence, silenceMilliseconds, explain });
    return { status: response.status, isSuccess: response.ok, chunks };
  } catch (error) {
    throw explain(error);
  }
}

interface Reading {
  /** Aborted when the server says nothing for so long. */
  readonly silence: AbortController;
  readonly silenceMilliseconds: number;
  /** What to throw for what went wrong. */
  readonly explain: (cause: unknown) => Error;
}

/** Not the stream's own iterator, which not every browser has. */
async function* readChunks(
  body: ReadableStream<Uint8Array> | null,
  { silence, silenceMilliseconds, explain }: Reading,
): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  const breakSilence = () => silence.abort(new Error('Body Timeout Error'));
  try {
    for (;;) {
      const timer = setTimeout(breakSilence, silenceMilliseconds);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function connectionError(cause: unknown, url: URL): AppError {
  return clientErrors.fail(
    'SERVER_UNREACHABLE',
    `no answer from ${url.origin} (${describeCause(cause)}); is the server running at ${url.origin}?`,
    { cause, detail: { server: url.origin } },
  );
}

/** `fetch` hides why it failed behind its own error; Node's words for it are often empty: the code says more. */
function describeCause(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown reason';
  const cause: Error & { readonly code?: unknown } =
    thrown.cause instanceof Error ? thrown.cause : thrown;
  if (cause.code === 'ECONNREFUSED') return 'connection refused';
  if (cause.code === 'ENOTFOUND') return 'no such host name';
  if (cause.code === 'UND_ERR_SOCKET') return 'the connection broke';
  return cause.message || (typeof cause.code === 'string' ? cause.code : cause.name);
}
