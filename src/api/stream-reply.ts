import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';

/** The request that a stream answers. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly logger: Logger;
}

/** An answer that goes on. */
export interface StreamReply {
  /** Aborted when the client has gone. */
  readonly closed: AbortSignal;
  /** Resolves when more can be taken, or nothing any more. Nobody hears what is sent after the close. */
  readonly send: (text: string | Uint8Array) => Promise<void>;
}

/**
 * Answers 200 with these headers and whatever `work` sends, and ends with it. When `work` fails, that
 * is logged here, and the connection breaks off, so that nobody takes a part for the whole.
 */
export async function replyWithStream(
  { request, reply, logger }: Exchange,
  headers: Readonly<Record<string, string>>,
  work: (stream: StreamReply) => Promise<void>,
): Promise<void> {
  reply.hijack();
  const response = reply.raw;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  response.writeHead(200, { ...headers, 'x-content-type-options': 'nosniff' });
  response.flushHeaders();
  try {
    await work({
      closed: closed.signal,
      send: (text) => sendText(response, text, closed.signal),
    });
    response.end();
  } catch (error) {
    if (closed.signal.aborted) return;
    logger.error({ error, requestId: requestIdOf(request.raw) }, 'a stream broke off');
    response.destroy();
  }
}

async function sendText(
  response: ServerResponse,
  text: string | Uint8Array,
  closed: AbortSignal,
): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(text)) return;
  await once(response, 'drain', { signal: closed }).catch(() => undefined);
}
