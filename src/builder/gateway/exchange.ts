import {
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { urlToHttpOptions } from 'node:url';

/** Connections to servers, kept between requests of one gateway. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface Passage {
  readonly origin: URL;
  /** Path and query; the client's own by default. */
  readonly target?: string;
  readonly headers: OutgoingHttpHeaders;
  readonly agents: Agents;
  /** How long the answer may take to begin; without it as long as it takes. */
  readonly patienceMilliseconds?: number;
}

/**
 * Sends a client's request on to another server, its body as it comes, and gives the answer when it
 * begins. When the client leaves, so does the request. Rejects when the server can't be reached.
 */
export function sendOn(client: IncomingMessage, passage: Passage): Promise<IncomingMessage> {
  const { origin, agents, headers, patienceMilliseconds } = passage;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isSecure = origin.protocol === 'https:';
  const outgoing = (isSecure ? httpsRequest : httpRequest)({
    ...urlToHttpOptions(origin),
    path: passage.target ?? client.url,
    method: client.method,
    headers: { ...headers, ...framing(client) },
    agent: isSecure ? agents.https : agents.http,
  });
  const giveUp = () => outgoing.destroy(new Error('no answer in time'));
  const timer =
    patienceMilliseconds === undefined ? undefined : setTimeout(giveUp, patienceMilliseconds);
  outgoing.once('response', (answer) => {
    clearTimeout(timer);
    resolve(answer);
  });
  outgoing.on('error', (error) => {
    clearTimeout(timer);
    reject(error);
  });
  client.once('close', () => {
    if (!client.complete) outgoing.destroy();
  });
  if (hasBody(client)) client.pipe(outgoing);
  else outgoing.end();
  return promise;
}

/** Passes an answer back to the client, its body as it comes. */
export async function passBack(
  answer: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders = endToEnd(answer.headers),
): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, headers);
  await pipeline(answer, response);
}

const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers that mean the same on the next connection (RFC 9110, 7.6.1). */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * What bounds a body belongs to one connection, so it is said anew. For methods that seldom have one
 * Node would send it without any bounds, and the next server would take it for a further request.
 */
function framing({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}
