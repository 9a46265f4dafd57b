import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
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
  /** Takes the connections, and stays its owner's; without it, the transport has an own one. */
  readonly dispatcher?: Dispatcher | undefined;
  /** How long a connection may stand still while it should move. */
  readonly silenceMilliseconds: number;
}

/** Connections to a registry and to whom it sends us, kept between requests. Follows no redirects. */
export interface Transport extends AsyncDisposable {
  /** Resolves when the answer begins. Throws `REGISTRY_UNREACHABLE` or the signal's reason. */
  send(outgoing: Outgoing): Promise<Answer>;
}

const connectMilliseconds = 15_000;

export function createTransport({ dispatcher, silenceMilliseconds }: TransportOptions): Transport {
  const own =
    dispatcher === undefined
      ? new Agent({ connect: { timeout: connectMilliseconds }, allowH2: false })
      : undefined;
  return {
    send: (outgoing) => send(outgoing, dispatcher ?? own, silenceMilliseconds),
    [Symbol.asyncDispose]: async () => own?.destroy(),
  };
}

/**
 * The time-outs watch bytes, not transfers: the one for headers runs while the server takes nothing
 * of the body either, and starts again with all that it takes.
 */
async function send(
  { url, method, headers, body, signal, patienceMilliseconds }: Outgoing,
  dispatcher: Dispatcher | undefined,
  silenceMilliseconds: number,
): Promise<Answer> {
  try {
    const answer = await request(url, {
      method,
      headers: { 'user-agent': 'slipway', ...headers },
      body: body ?? null,
      headersTimeout: patienceMilliseconds ?? silenceMilliseconds,
      bodyTimeout: silenceMilliseconds,
      ...(dispatcher && { dispatcher }),
      ...(signal && { signal }),
    });
    return { url, status: answer.statusCode, headers: answer.headers, body: answer.body };
  } catch (cause) {
    throw asUnreachable(cause, url, signal);
  }
}
