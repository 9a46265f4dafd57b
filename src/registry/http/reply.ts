import type { ServerResponse } from 'node:http';
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

export function replyJson(
  response: ServerResponse,
  status: number,
  headers: ReplyHeaders,
  body: unknown,
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  replyBytes(response, status, { ...headers, 'Content-Type': 'application/json' }, bytes);
}
