import { isIPv6 } from 'node:net';
import type { HttpServer } from '#platform/http';

type Bound = Pick<HttpServer, 'address' | 'port'>;

/** An address of every interface is none to call: its own loopback is among them. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a program of this host reaches the server: the address that it listens on. */
export function ownHost({ address }: Bound): string {
  return loopbackOf[address] ?? address;
}

export function ownUrl(bound: Bound): string {
  const host = ownHost(bound);
  return `http://${isIPv6(host) ? `[${host}]` : host}:${bound.port}`;
}
