import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { headerNames, registryApiVersion } from '#kernel';

export type ReplyHeaders = Readonly<Record<string, string | number>>;

/**
 * On every answer. What people pushed is never a page: no sniffing, no scripts, whatever its media
 * type says.
 */
const commonHeaders: ReplyHeaders = {
  [headerNames.apiVersion]: registryApiVersion,
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
};

export function replyHead(response: ServerResponse, status: number, headers: ReplyHeaders): void {
  response.writeHead(status, { ...commonHeaders, ...headers });
}

export function replyEmpty(response: ServerResponse, status: number, headers: ReplyHeaders): void {
  replyHead(response, status, status === 204 ? headers : { ...headers, 'Content-Length': 0 });
  response.end();
}

export function replyBytes(
  response: ServerResponse,
  status: number,
  headers: ReplyHeaders,
  bytes: Uint8Array,
): void {
  replyHead(response, status, { ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

/**
 * Sends bytes behind a head. Rejects when they fail, or the client leaves before it has them all; the
 * connection is the caller's to break. Costs a fraction of what `stream.pipeline` does.
 */
export function sendBody(response: ServerResponse, bytes: Readable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const end = () => {
    bytes.destroy();
    if (response.writableFinished) resolve();
    else reject(new ClientLeft());
  };
  bytes.once('error', reject);
  if (response.destroyed) end();
  else bytes.pipe(response.once('close', end));
  return promise;
}

/** The client went away before its answer was complete. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

export function replyJson(
  response: ServerResponse,
  status: number,
  headers: ReplyHeaders,
  body: unknown,
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  replyBytes(response, status, { ...headers, 'Content-Type': 'application/json' }, bytes);
}
