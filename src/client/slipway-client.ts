import type { z } from 'zod';
import { type Clock, systemClock } from '#kernel';
import { type BuildEvent, buildStreams, type Operation } from '#protocol';
import { type FollowOptions, followBuild } from './follow-build.ts';
import { operationUrl, type PathValues, parseServerUrl } from './operation-url.ts';
import { parseAnswer, readRefusal, readText } from './read-answer.ts';
import { sendRequest } from './send-request.ts';

/** Slipway's API as functions. Safe to share: it keeps no state but its credential. */
export interface SlipwayClient {
  /** The server's origin. */
  readonly serverUrl: string;

  /**
   * Calls one operation of `#protocol` and checks the answer against its declaration. Throws
   * `ApiError` when the server refuses, `SERVER_UNREACHABLE` when no answer comes,
   * `ANSWER_INVALID` when it is not understood, and the signal's reason when it aborts.
   */
  call<Called extends Operation>(
    operation: Called,
    input: CallInput<Called>,
  ): Promise<z.output<Called['answer']>>;

  /** The events of a build, live, until it has ended; see `FollowOptions`. Throws as `call` does. */
  followBuild(buildId: number, options?: FollowOptions): AsyncIterable<BuildEvent>;

  /** The stored log of an attempt (the newest by default) as text. Throws as `call` does. */
  readRawLog(buildId: number, options?: RawLogOptions): Promise<string>;
}

interface RawLogOptions {
  readonly attempt?: number | undefined;
  readonly signal?: AbortSignal;
}

/** What an operation takes; parts that it does not have are left out. */
type CallInput<Called extends Operation> = Part<'params', z.input<Called['params']>> &
  Part<'query', Partial<z.input<Called['query']>>> &
  Part<'body', z.input<Called['body']>> & { readonly signal?: AbortSignal };

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [_ in Name]?: undefined }
  : Record<string, never> extends Value
    ? { readonly [_ in Name]?: Value }
    : { readonly [_ in Name]: Value };

export interface SlipwayClientOptions {
  readonly serverUrl: string;
  /** A session token or a personal access token; without one the caller is anonymous. */
  readonly credential?: string | undefined;
  readonly clock?: Clock;
}

/** Throws `SERVER_ADDRESS_INVALID`; connects to nothing yet. */
export function createSlipwayClient(options: SlipwayClientOptions): SlipwayClient {
  const server = parseServerUrl(options.serverUrl);
  const headers = authorization(options.credential);
  const clock = options.clock ?? systemClock;
  return {
    serverUrl: server.origin,
    call: (operation, input) => callOperation({ server, headers }, operation, input),
    followBuild: (buildId, follow) => followBuild({ server, headers, clock }, buildId, follow),
    readRawLog: (buildId, log) => readRawLog({ server, headers }, buildId, log),
  };
}

interface Connection {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
}

function authorization(credential: string | undefined): Record<string, string> {
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}

interface LooseInput {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function callOperation<Called extends Operation>(
  { server, headers }: Connection,
  operation: Called,
  { params, query, body, signal }: LooseInput,
): Promise<z.output<Called['answer']>> {
  const url = operationUrl(server, operation, {
    params: (params ?? {}) as PathValues,
    query: (query ?? {}) as PathValues,
  });
  const answer = await sendRequest(url, {
    method: operation.method,
    headers: { ...headers, accept: 'application/json', ...contentType(body) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  });
  const text = await readText(answer);
  if (!answer.isSuccess) throw readRefusal(answer.status, text, url);
  return parseAnswer(operation.answer, text, {
    message: `${url.origin} answered ${operation.id} in a way that this version does not understand; is it a Slipway server of the same version?`,
    detail: { operation: operation.id },
  }) as z.output<Called['answer']>;
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

async function readRawLog(
  { server, headers }: Connection,
  buildId: number,
  { attempt, signal }: RawLogOptions = {},
): Promise<string> {
  const url = operationUrl(server, buildStreams.readRawLog, {
    params: { buildId },
    query: { attempt },
  });
  const answer = await sendRequest(url, { method: 'GET', headers, signal });
  const text = await readText(answer);
  if (!answer.isSuccess) throw readRefusal(answer.status, text, url);
  return text;
}
