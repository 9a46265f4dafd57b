import type { IncomingMessage } from 'node:http';
import type { Exchange } from './request-facts.ts';

/** An answer that is ready to be sent; without a body where none belongs to its status. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface DiscardLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Twice the largest body that any operation takes: who sends more has read nothing that we said. */
const discardLimits: DiscardLimits = { bytes: 16 * 1024 * 1024, milliseconds: 10_000 };

/**
 * Sends an answer. What of the request was not read, since it was refused, is read and thrown away
 * before the answer ends: a client whose connection is reset while it sends never sees why. Past
 * the limits the connection closes.
 */
export async function sendAnswer(
  { request, response }: Exchange,
  { status, headers, body }: WholeAnswer,
  limits: DiscardLimits = discardLimits,
): Promise<void> {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  if (request.complete || request.destroyed) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  if (body !== undefined) response.write(body);
  const isRead = await discard(request, limits);
  response.end(isRead ? undefined : () => request.destroy());
}

/** Whether the request ended, or its client left, within the limits. */
function discard(request: IncomingMessage, limits: DiscardLimits): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limits.milliseconds);
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limits.bytes) resolve(false);
  });
  for (const event of ['end', 'close', 'error']) request.once(event, () => resolve(true));
  request.resume();
  return promise.finally(() => clearTimeout(timer));
}
