import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Who may say on whose behalf a request comes. */
export interface TrustedProxies {
  /** Whether an address, as sockets give it, is one of a proxy that we believe. */
  includes(address: string): boolean;
  /** The address that a request came from first, as far as trusted proxies tell; IPv4 in its own form. */
  clientOf(request: IncomingMessage): string;
  /**
   * Scheme and host that the client asked for, where a trusted proxy says both, once
   * (`X-Forwarded-Proto`, `X-Forwarded-Host`).
   */
  originOf(request: IncomingMessage): string | undefined;
}

/**
 * Believes `X-Forwarded-For` and `Forwarded` (RFC 7239) from these addresses and networks, and from
 * nobody else. Each proxy appends whom it heard, so both are read from the right, up to the first
 * address that no trusted proxy has: what stands further left anybody may have written.
 */
export function trustProxies(blocks: readonly string[]): TrustedProxies {
  const trusted = blockListOf(blocks);
  const includes = (address: string) => isIn(trusted, plainAddress(address));
  const nearestStranger = (peer: string, hops: readonly string[]) => {
    let nearest = peer;
    for (const hop of hops.toReversed()) {
      const address = addressOf(hop);
      if (!isIn(trusted, nearest) || address === undefined) break;
      nearest = address;
    }
    return nearest;
  };
  return {
    includes,
    clientOf({ socket, headers }) {
      const peer = plainAddress(socket.remoteAddress ?? '');
      if (blocks.length === 0 || !isIn(trusted, peer)) return peer;
      const said = [forwardedFor(headers['x-forwarded-for']), forwarded(headers.forwarded)]
        .filter((hops) => hops.length > 0)
        .map((hops) => nearestStranger(peer, hops));
      // A proxy writes one of them, and may let the other through as a client made it up.
      return said.length > 0 && said.every((each) => each === said[0]) ? (said[0] ?? peer) : peer;
    },
    originOf({ socket, headers }) {
      if (blocks.length === 0 || !includes(socket.remoteAddress ?? '')) return undefined;
      return originIn(headers['x-forwarded-proto'], headers['x-forwarded-host']);
    },
  };
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 that came over an IPv6 socket in its own form. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

const hostForm = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

function originIn(
  scheme: string | readonly string[] | undefined,
  host: string | readonly string[] | undefined,
): string | undefined {
  const isWhole = /^https?$/.test(String(scheme)) && hostForm.test(String(host ?? ''));
  const origin = `${String(scheme)}://${String(host)}`;
  return isWhole && URL.canParse(origin) ? origin : undefined;
}

function forwardedFor(header: string | readonly string[] | undefined): readonly string[] {
  return header === undefined ? [] : String(header).split(',');
}

/** The `for` of each element; one that hides it, or has none, is no address. */
function forwarded(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return header.split(',').map((element) => /(?:^|;)\s*for=([^;]*)/i.exec(element)?.[1] ?? '');
}

/** The address in a hop, which may have quotes, brackets and a port. */
function addressOf(hop: string): string | undefined {
  const text = hop.trim().replaceAll('"', '');
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text;
  const address = plainAddress(isIP(bare) === 0 ? bare.replace(/:\d+$/, '') : bare);
  return isIP(address) === 0 ? undefined : address;
}
