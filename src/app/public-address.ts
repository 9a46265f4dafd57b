import type { ListenAddress } from '#platform/config';

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

export interface PublicAddress {
  readonly url: URL;
  /** What the person who starts the server should know, if anything. */
  readonly warning?: string;
}

/**
 * How clients reach the server: as configured, else the listen address itself. Nothing is ever taken
 * from a request's `Host`.
 */
export function publicAddress(configured: URL | undefined, listen: ListenAddress): PublicAddress {
  if (configured !== undefined) return { url: configured };
  if (!wildcards.has(listen.host)) return { url: originOf(listen.host, listen.port) };
  return {
    url: originOf('localhost', listen.port),
    warning:
      'the server listens on every interface, and images are named after localhost: set SLIPWAY_PUBLIC_URL to the address that other machines use',
  };
}

function originOf(host: string, port: number): URL {
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
}
