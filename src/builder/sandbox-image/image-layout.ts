/** Programs of the image that an executor starts. What each takes and says stands in its own text. */
export const imagePrograms = {
  awaitEngine: '/usr/local/lib/slipway/await-engine',
  command: '/usr/local/lib/slipway/command',
  raiseWall: '/usr/local/lib/slipway/raise-wall',
  versions: '/usr/local/lib/slipway/versions',
} as const;

/** Where the image's programs look for what an executor puts into a sandbox. */
export const imagePlaces = {
  /** Takes all that is written inside, and belongs to `imageUser`. */
  volume: '/slipway/volume',
  /** In memory, for `imageUser` alone: sockets and process ids. */
  runtime: '/slipway/runtime',
  /** A folder with the socket whose connections go to the gateway. */
  gateway: '/slipway/gateway',
  gatewaySocketName: 'gateway.sock',
  /** Certificates to trust inside, as PEM; need not be there. */
  extraAuthorities: '/slipway/extra-ca.crt',
} as const;

/** Who the image's first process and all that comes from it is: user and group. */
export const imageUser = 1_000;

/** What `versions` prints: one name and one version a line. */
export function parseVersions(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split('\n').map((line) => line.split(' ') as [string, string]));
}
