import type { GatewayNames } from '../executor.ts';

/**
 * How a sandbox's names lead to its gateway: what the image's `engine` script sets up in the
 * rootless namespace before the container engine starts there.
 */
export interface GatewaySetup {
  /** Names and addresses that the throw-away certificate is for; none means no certificate. */
  readonly certificateNames: readonly string[];
  /** Further addresses on `lo`, with prefix length. */
  readonly addresses: readonly string[];
  /** Lines for the hosts file. */
  readonly hosts: readonly (readonly [address: string, name: string])[];
  readonly listeners: readonly GatewayListener[];
  /** Ports that a published port of a build must not take away from a listener. */
  readonly redirects: readonly GatewayRedirect[];
  /** Names that the engine may talk to over plain HTTP. */
  readonly insecureRegistries: readonly string[];
}

export interface GatewayListener {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface GatewayRedirect {
  readonly address: string;
  readonly port: number;
  readonly to: number;
}

/** Nothing in the sandbox's network uses these: they exist on its own `lo` alone. */
const aliasAddress = '10.255.0.1';
const publicAddress = '10.255.0.2';
const redirectTarget = 61_443;

export function planGateway(names: GatewayNames): GatewaySetup {
  const parts = [planPublicName(names), planAliases(names)];
  return {
    certificateNames: unique(parts.flatMap((part) => part.certificateNames)),
    addresses: unique(parts.flatMap((part) => part.addresses)),
    hosts: parts.flatMap((part) => part.hosts),
    listeners: uniqueListeners(parts.flatMap((part) => part.listeners)),
    redirects: parts.flatMap((part) => part.redirects),
    insecureRegistries: unique(parts.flatMap((part) => part.insecureRegistries)),
  };
}

const nothing: GatewaySetup = {
  certificateNames: [],
  addresses: [],
  hosts: [],
  listeners: [],
  redirects: [],
  insecureRegistries: [],
};

function planAliases(names: GatewayNames): GatewaySetup {
  if (names.aliases.length === 0) return nothing;
  return { ...nothing, ...onPort443(names.aliases) };
}

function planPublicName(names: GatewayNames): GatewaySetup {
  const { host, port } = splitHost(names);
  if (isLoopback(host)) return planLoopback(names, port);
  const isAddress = isIpAddress(host);
  if (names.publicScheme === 'https' && port === 443 && !isAddress) {
    return { ...nothing, ...onPort443([host]) };
  }
  return planOwnAddress(names, host, isAddress ? host : publicAddress);
}

/** Names on the usual port share one address and one listener there. */
function onPort443(hosts: readonly string[]) {
  return {
    certificateNames: hosts,
    addresses: [`${aliasAddress}/32`],
    hosts: hosts.map((host) => [aliasAddress, host] as const),
    listeners: [{ address: aliasAddress, port: 443, tls: true }],
  };
}

/** Clients take loopback names over plain HTTP by themselves, so a plain listener is enough. */
function planLoopback(names: GatewayNames, port: number): GatewaySetup {
  const tls = names.publicScheme === 'https';
  return {
    ...nothing,
    certificateNames: tls ? ['localhost', '127.0.0.1', '::1'] : [],
    listeners: ['127.0.0.1', '::1'].map((address) => ({ address, port, tls })),
  };
}

/**
 * A name with a port, or an address: the listener sits on a high port behind a redirect, since a
 * build that publishes the same port would take its place. What is redirected on its way out ends at
 * the loopback address, whatever address it was for.
 */
function planOwnAddress(names: GatewayNames, host: string, address: string): GatewaySetup {
  const tls = names.publicScheme === 'https';
  const { port } = splitHost(names);
  return {
    certificateNames: tls ? [host] : [],
    addresses: [address.includes(':') ? `${address}/128` : `${address}/32`],
    hosts: address === host ? [] : [[address, host]],
    listeners: [
      { address: address.includes(':') ? '::1' : '127.0.0.1', port: redirectTarget, tls },
    ],
    redirects: [{ address, port, to: redirectTarget }],
    insecureRegistries: tls ? [] : [names.publicHost],
  };
}

function splitHost(names: GatewayNames): { host: string; port: number } {
  const url = new URL(`${names.publicScheme}://${names.publicHost}`);
  const usual = names.publicScheme === 'https' ? 443 : 80;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? usual : Number(url.port),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function isIpAddress(host: string): boolean {
  return host.includes(':') || /^[0-9.]+$/.test(host);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function uniqueListeners(listeners: readonly GatewayListener[]): readonly GatewayListener[] {
  return [...new Map(listeners.map((each) => [`${each.address} ${each.port}`, each])).values()];
}
