import type { Readable } from 'node:stream';
import { Agent, buildConnector, request } from 'undici';
import { assertMayReach, guardedLookup, type MayReach } from './address-guard.ts';
import type { Answer } from './answer.ts';
import { asUnreachable } from './unreachable.ts';

export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A stream needs a Content-Length among the headers. It is destroyed when the request ends. */
  readonly body?: Uint8Array | Readable | undefined;
  /** How long the server may think about what it got, where that is longer than for others. */
  readonly patienceMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TransportOptions {
  /** How long a connection may stand still while it should move. */
  readonly silenceMilliseconds: number;
  /** Where all connections lead, whatever the requests say: to a gateway that passes them on. */
  readonly gateway?: GatewayAddress | undefined;
  /** Whom connections may lead to, be they redirects or token services; without it, to anybody. */
  readonly mayReach?: MayReach | undefined;
}

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

/** Connections to a registry and to whom it sends us, kept between requests. Follows no redirects. */
export interface Transport extends AsyncDisposable {
  /**
   * Resolves when the answer begins. Throws `REGISTRY_UNREACHABLE`, `REGISTRY_ADDRESS_REFUSED`, or the
   * signal's reason.
   */
  send(outgoing: Outgoing): Promise<Answer>;
}

const connectMilliseconds = 15_000;

export function createTransport(options: TransportOptions): Transport {
  const agent = new Agent({ allowH2: false, connect: connectorOf(options) });
  return {
    send: (outgoing) => send(outgoing, agent, options.silenceMilliseconds),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** The gateway's own address was not named by strangers, and is not asked about. */
function connectorOf({ gateway, mayReach }: TransportOptions): buildConnector.connector {
  const place = gateway && { hostname: gateway.host, port: String(gateway.port) };
  if (place !== undefined || mayReach === undefined) {
    const connect = buildConnector({ timeout: connectMilliseconds });
    return (options, callback) => connect({ ...options, ...place }, callback);
  }
  const lookup = guardedLookup(mayReach);
  const connect = buildConnector({ timeout: connectMilliseconds, lookup });
  return (options, callback) => {
    try {
      assertMayReach(options.hostname, mayReach);
    } catch (error) {
      return callback(error as Error, null);
    }
    return connect(options, callback);
  };
}

/**
 * The time-outs watch bytes, not transfers: the one for headers runs while the server takes nothing
 * of the body either, and starts again with all that it takes.
 */
async function send(
  { url, method, headers, body, signal, patienceMilliseconds }: Outgoing,
  dispatcher: Agent,
  silenceMilliseconds: number,
): Promise<Answer> {
  try {
    const answer = await request(url, {
      method,
      headers: { 'user-agent': 'slipway', ...headers },
      body: body ?? null,
      headersTimeout: patienceMilliseconds ?? silenceMilliseconds,
      bodyTimeout: silenceMilliseconds,
      dispatcher,
      // By default undici closes after HEAD, for servers that send a body with it: a connection a blob.
      ...(method === 'HEAD' && { reset: false }),
      ...(signal && { signal }),
    });
    return { url, status: answer.statusCode, headers: answer.headers, body: answer.body };
  } catch (cause) {
    throw asUnreachable(cause, url, signal);
  }
}
