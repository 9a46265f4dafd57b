import type { IncomingMessage, ServerResponse } from 'node:http';
import { remoteAddressOf } from '#platform/http';
import type { Registry, UploadBody, Visit } from '../registry.ts';
import { parseChunkOffset } from './byte-ranges.ts';
import type { AccessRequest, RegistryAccess } from './registry-access.ts';
import type { RepositoryRequest } from './registry-request.ts';
import { ClientLeft } from './reply.ts';

/** One HTTP request with its answer, and what handlers need to give it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly registry: Registry;
  readonly access: RegistryAccess;
  readonly visit: Visit;
}

export type Handler<Kind extends RepositoryRequest['kind']> = (
  exchange: Exchange,
  asked: Extract<RepositoryRequest, { readonly kind: Kind }>,
) => Promise<void>;

export function callerOf(
  request: IncomingMessage,
): Pick<AccessRequest, 'authorization' | 'remoteAddress'> {
  return {
    authorization: request.headers.authorization,
    remoteAddress: remoteAddressOf(request),
  };
}

/** Aborts when the client goes away before the answer is complete. */
export function leavingOf({ response }: Exchange): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort(new ClientLeft());
  });
  return leaving.signal;
}

/** The bytes that come with a request to an upload session; `undefined` when none do. */
export function uploadBodyOf(exchange: Exchange): UploadBody | undefined {
  const { request } = exchange;
  const { headers } = request;
  const length =
    headers['transfer-encoding'] === undefined ? (headers['content-length'] ?? '0') : '';
  if (length === '0') return undefined;
  const offset = parseChunkOffset(headers['content-range'], headers['content-length']);
  const body = { bytes: bytesOf(request), signal: leavingOf(exchange) };
  return offset === undefined ? body : { ...body, offset };
}

/** A reader that stops early leaves the connection whole, so that an error can be answered. */
function bytesOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}
