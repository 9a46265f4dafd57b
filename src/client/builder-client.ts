import type { z } from 'zod';
import { type Clock, systemClock } from '#kernel';
import {
  type FinishReport,
  type LogBatch,
  type PhaseReport,
  type PublishReport,
  publishReport,
  type SessionEvent,
  type SessionRequest,
  sessionEvent,
} from '#protocol';
import { ApiError, parseJson, readRefusal } from './api-error.ts';
import { clientErrors } from './client-errors.ts';
import { readJsonLines } from './json-lines.ts';
import { parseServerUrl } from './operation-url.ts';
import { asConnectionError, readBody, sendRequest } from './send-request.ts';

/** A builder's side of the builder protocol. Safe to share: it keeps no state but its credential. */
export interface BuilderClient {
  /** The server's origin. */
  readonly serverUrl: string;

  /**
   * Opens the session and gives its events until the server ends it or the connection breaks. One
   * connection, no second try: whoever reads knows what is still running. Throws
   * `SERVER_UNREACHABLE` when the connection fails, breaks or falls silent, `ApiError` when the
   * server refuses, `ANSWER_INVALID` for what is not understood, and the signal's reason.
   */
  openSession(request: SessionRequest, signal: AbortSignal): AsyncIterable<SessionEvent>;

  /** The reports of one attempt, sent with the attempt's own token. */
  attempt(attemptId: string, token: string): AttemptClient;
}

/**
 * What an attempt tells its server. Every call may be sent twice without harm, so each is tried
 * again for half a minute while the server can't be reached, then throws `SERVER_UNREACHABLE`.
 * Throws `ATTEMPT_ENDED` once the attempt has no rights any more, `ApiError` for other refusals.
 */
export interface AttemptClient {
  sendLog(batch: LogBatch): Promise<void>;
  sendPhase(report: PhaseReport): Promise<void>;
  /** Moves what the attempt has staged so far, and tells of each tag. */
  publish(): Promise<PublishReport>;
  finish(report: FinishReport): Promise<void>;
  /**
   * Says that the sandbox of an attempt that was ended from outside is gone. Tried once: a server
   * that does not hear it asks again when the builder's session opens.
   */
  settle(): Promise<void>;
}

export interface BuilderClientOptions {
  readonly serverUrl: string;
  /** The builder's credential. */
  readonly token: string;
  readonly clock?: Clock;
}

/** The server sends a sign of life every few seconds. */
const sessionSilenceMilliseconds = 20_000;
const patienceMilliseconds = 30_000;
const firstPauseMilliseconds = 200;
const longestPauseMilliseconds = 5_000;

/** Throws `SERVER_ADDRESS_INVALID`; connects to nothing yet. */
export function createBuilderClient(options: BuilderClientOptions): BuilderClient {
  const server = parseServerUrl(options.serverUrl);
  const clock = options.clock ?? systemClock;
  return {
    serverUrl: server.origin,
    openSession: (request, signal) =>
      openSession({ url: sessionUrl(server), token: options.token, request, signal }),
    attempt: (attemptId, token) => createAttemptClient({ server, attemptId, token, clock }),
  };
}

function sessionUrl(server: URL): URL {
  return new URL('/api/builder/v1/session', server);
}

interface SessionCall {
  readonly url: URL;
  readonly token: string;
  readonly request: SessionRequest;
  readonly signal: AbortSignal;
}

async function* openSession(call: SessionCall): AsyncGenerator<SessionEvent, void> {
  const { url, signal } = call;
  const answer = await sendRequest(url, {
    method: 'POST',
    headers: headersFor(call.token),
    body: JSON.stringify(call.request),
    silenceMilliseconds: sessionSilenceMilliseconds,
    signal,
  });
  if (answer.statusCode !== 200) {
    throw readRefusal(answer.statusCode, await readBody(answer, url, signal), url);
  }
  try {
    for await (const line of readJsonLines(answer.body)) yield parseAnswer(sessionEvent, line, url);
  } catch (error) {
    throw clientErrors.is(error) ? error : asConnectionError(error, url, signal);
  } finally {
    answer.body.destroy();
  }
}

interface AttemptConnection {
  readonly server: URL;
  readonly attemptId: string;
  readonly token: string;
  readonly clock: Clock;
}

function createAttemptClient(connection: AttemptConnection): AttemptClient {
  const send = (name: string, body: object) => sendPersistently(connection, name, body);
  return {
    sendLog: async (batch) => {
      await send('log', batch);
    },
    sendPhase: async (report) => {
      await send('phases', report);
    },
    publish: async () => parseAnswer(publishReport, await send('publish', {}), connection.server),
    finish: async (report) => {
      await send('finish', report);
    },
    settle: async () => {
      await sendOnce(connection, 'settled', {});
    },
  };
}

async function sendPersistently(
  connection: AttemptConnection,
  name: string,
  body: object,
): Promise<string> {
  const { clock } = connection;
  const giveUpAt = clock.now() + patienceMilliseconds;
  for (
    let pause = firstPauseMilliseconds;
    ;
    pause = Math.min(pause * 2, longestPauseMilliseconds)
  ) {
    try {
      return await sendOnce(connection, name, body);
    } catch (error) {
      if (!isPassing(error) || clock.now() + pause > giveUpAt) throw error;
    }
    await clock.sleep(pause);
  }
}

async function sendOnce(
  { server, attemptId, token }: AttemptConnection,
  name: string,
  body: object,
): Promise<string> {
  const url = new URL(`/api/builder/v1/attempts/${encodeURIComponent(attemptId)}/${name}`, server);
  const answer = await sendRequest(url, {
    method: 'POST',
    headers: headersFor(token),
    body: JSON.stringify(body),
  });
  const text = await readBody(answer, url);
  if (answer.statusCode === 409) {
    throw clientErrors.fail('ATTEMPT_ENDED', `attempt ${attemptId} has ended on the server`);
  }
  if (answer.statusCode >= 300) throw readRefusal(answer.statusCode, text, url);
  return text;
}

function headersFor(token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'content-type': 'application/json',
  };
}

const passingStatuses: ReadonlySet<unknown> = new Set([502, 503, 504]);

/** Whether the same request may well succeed a little later. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return passingStatuses.has(error.status);
  if (!clientErrors.is(error)) return false;
  if (error.code === 'ANSWER_INVALID') return passingStatuses.has(error.detail['status']);
  return error.code === 'SERVER_UNREACHABLE';
}

function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  url: URL,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw clientErrors.fail(
    'ANSWER_INVALID',
    `${url.origin} sent something that this builder does not understand; bring both to the same version`,
    { detail: { problem: parsed.error.message.slice(0, 500) } },
  );
}
