import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { type Agents, endToEnd, sendOn } from './exchange.ts';

export interface SlipwayPassageOptions {
  readonly serverUrl: URL;
  readonly publicHost: string;
  /** The attempt's credential: it stays on this side of the socket. */
  readonly token: string;
  readonly agents: Agents;
}

const mostRedirects = 3;
const redirectStatuses: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request to Slipway with the attempt's credential instead of the client's, and follows the
 * blob store's redirects itself: the sandbox need not reach the store, nor see its signed addresses.
 */
export async function askSlipway(
  client: IncomingMessage,
  options: SlipwayPassageOptions,
): Promise<IncomingMessage> {
  const headers = withoutIdentity(client.headers);
  const { serverUrl: origin, token, agents } = options;
  const withToken = { ...headers, authorization: `Bearer ${token}` };
  let answer = await sendOn(client, { origin, agents, headers: withToken });
  for (let count = 0; count < mostRedirects; count += 1) {
    const location = storeLocation(client, answer);
    if (location === undefined) return answer;
    answer.resume();
    const target = location.pathname + location.search;
    answer = await sendOn(client, { origin: location, target, agents, headers });
  }
  return answer;
}

const identityHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'forwarded']);

/** Who asks, and from where, is not for the sandbox to say. */
function withoutIdentity(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const kept = Object.entries(endToEnd(headers)).filter(
    ([name]) => !identityHeaders.has(name) && !name.startsWith('x-forwarded-'),
  );
  return Object.fromEntries(kept);
}

function storeLocation(client: IncomingMessage, answer: IncomingMessage): URL | undefined {
  if (client.method !== 'GET' && client.method !== 'HEAD') return undefined;
  if (!redirectStatuses.has(answer.statusCode)) return undefined;
  return URL.parse(answer.headers.location ?? '') ?? undefined;
}

/**
 * Headers of an answer as the sandbox may see them: the server's own addresses become paths, which
 * work under every name that the client may have used.
 */
export function headersForSandbox(
  answer: IncomingMessage,
  { serverUrl, publicHost }: Pick<SlipwayPassageOptions, 'serverUrl' | 'publicHost'>,
): OutgoingHttpHeaders {
  const headers = endToEnd(answer.headers);
  const location = URL.parse(answer.headers.location ?? '');
  if (location === null || ![serverUrl.host, publicHost].includes(location.host)) return headers;
  return { ...headers, location: location.pathname + location.search };
}
