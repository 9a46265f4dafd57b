import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const ids = new WeakMap<IncomingMessage, string>();

/** Gives a request the id under which log and answer speak of it. */
export function assignRequestId(request: IncomingMessage, id: string): void {
  ids.set(request, id);
}

export function requestIdOf(request: IncomingMessage): string {
  return ids.get(request) ?? 'unknown';
}

/** The address a request came from, IPv4 in its own form. */
export function remoteAddressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Whether an error says that the client hung up, which is no failure of ours. */
export function clientLeft(request: IncomingMessage, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return request.destroyed && (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE');
}
