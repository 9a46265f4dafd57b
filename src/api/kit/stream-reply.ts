import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Exchange, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';

/** An answer that goes on: what a handler gives when nothing can be refused any more. */
export interface Stream {
  /** Instead of the operation's media type, or besides it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The client says nothing for as long as it lasts, and that is no reason to hang up. */
  readonly isEndless?: boolean;
  /** Sends everything; the stream ends with it. */
  readonly run: (reply: StreamReply) => Promise<void>;
}

export interface StreamReply {
  /** Aborted when the client has gone. */
  readonly closed: AbortSignal;
  /** Resolves when more can be taken, or nothing any more. Nobody hears what is sent after the close. */
  readonly send: (text: string | Uint8Array) => Promise<void>;
}

/**
 * Answers 200 with the media type and whatever the stream sends, and ends with it. When it fails, that
 * is logged here, and the connection breaks off, so that nobody takes a part for the whole.
 */
export async function replyWithStream(
  { request, response }: Exchange,
  { mediaType, headers, isEndless = false, run }: Stream & { readonly mediaType: string },
  logger: Logger,
): Promise<void> {
  if (isEndless) expectSilence(response);
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  response.writeHead(200, {
    'content-type': mediaType,
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.flushHeaders();
  try {
    await run({
      closed: closed.signal,
      send: (text) => sendText(response, text, closed.signal),
    });
    response.end();
  } catch (error) {
    if (closed.signal.aborted) return;
    logger.error({ error, requestId: requestIdOf(request) }, 'a stream broke off');
    response.destroy();
  }
}

/** Only the close of the connection shows then that the client has gone. */
function expectSilence({ socket }: ServerResponse): void {
  socket?.setTimeout(0);
  socket?.setKeepAlive(true, 10_000);
}

async function sendText(
  response: ServerResponse,
  text: string | Uint8Array,
  closed: AbortSignal,
): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(text)) return;
  await once(response, 'drain', { signal: closed }).catch(() => undefined);
}
