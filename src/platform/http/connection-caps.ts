import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { addressBlock } from '#kernel';
import { endWith } from './lingering-close.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export interface ConnectionCaps {
  readonly inAll: number;
  /** From one address; a trusted proxy may have as many as there are. */
  readonly fromOneAddress: number;
}

export const usualConnectionCaps: ConnectionCaps = { inAll: 10_000, fromOneAddress: 1_000 };

const reason =
  'too many connections from this address; close some, or let the server trust the proxy in between\n';
const answer = [
  'HTTP/1.1 503 Service Unavailable',
  'Retry-After: 5',
  'Connection: close',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${reason.length}`,
  '',
  reason,
].join('\r\n');
const fewDiscarded = { bytes: 100_000, milliseconds: 2_000 };

/** Ends what comes beyond the caps before anything is read from it; one address's with an answer. */
export function capConnections(
  server: Server,
  { inAll, fromOneAddress }: ConnectionCaps,
  proxies: TrustedProxies,
): void {
  server.maxConnections = inAll;
  const serve = server.listeners('connection');
  const open = new Map<string, number>();
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const address = addressBlock(socket.remoteAddress ?? '');
    if (proxies.includes(socket.remoteAddress ?? '')) return serveAll(socket);
    const others = open.get(address) ?? 0;
    if (others >= fromOneAddress) return endWith(socket, answer, fewDiscarded);
    open.set(address, others + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    serveAll(socket);
  });

  function serveAll(socket: Socket): void {
    for (const listener of serve) listener.call(server, socket);
  }
}
