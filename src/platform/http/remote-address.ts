import type { IncomingMessage } from 'node:http';

/** The address a request came from, IPv4 in its own form. */
export function remoteAddressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
