/**
 * The rooms of `src/` and whom each may import: the one place where that is decided. The test beside
 * this refuses everything else, and renders the table into `docs/architecture.md`.
 */
export interface Room {
  /** One sentence. */
  readonly purpose: string;
  /** Doors that it may come in through. */
  readonly mayImport: readonly RoomName[];
}

const platform = [
  'platform/config',
  'platform/telemetry',
  'platform/http',
  'platform/db',
  'platform/jobs',
] as const;

export const roomNames = [
  'kernel',
  ...platform,
  'storage',
  'registry',
  'identity',
  'hub',
  'sources',
  'builds',
  'protocol',
  'client',
  'builder',
  'api',
  'app',
  'cli',
] as const;

export type RoomName = (typeof roomNames)[number];

export const rooms: Readonly<Record<RoomName, Room>> = {
  kernel: {
    purpose: 'values without I/O: digests, names, tags, time, ids, the one error class',
    mayImport: [],
  },
  'platform/config': {
    purpose: 'settings: the only reader of environment and configuration file',
    mayImport: ['kernel'],
  },
  'platform/telemetry': { purpose: 'structured logs', mayImport: ['kernel'] },
  'platform/http': {
    purpose: 'a listener, bounded bodies, request ids, error bodies',
    mayImport: ['kernel', 'platform/telemetry'],
  },
  'platform/db': {
    purpose: 'SQLite and PostgreSQL behind one contract, durable transactions, migrations',
    mayImport: ['kernel', 'platform/telemetry'],
  },
  'platform/jobs': {
    purpose: 'rows of work with lease, attempt and result',
    mayImport: ['kernel', 'platform/telemetry', 'platform/db'],
  },
  storage: { purpose: "where blobs' bytes lie", mayImport: ['kernel', ...platform] },
  registry: {
    purpose: 'the OCI registry: blobs, manifests, tags, stages, rules of publishing; `/v2/`',
    mayImport: ['kernel', ...platform, 'storage'],
  },
  identity: {
    purpose: 'people, passwords, sessions, tokens: who asks, and what their credential allows',
    mayImport: ['kernel', ...platform],
  },
  hub: {
    purpose: 'repositories as people see them: visibility, descriptions, permissions, settings',
    mayImport: ['kernel', ...platform, 'identity'],
  },
  sources: {
    purpose: 'git repositories that builds come from, the embedded git host, the ref log; `/git/`',
    mayImport: ['kernel', ...platform, 'identity'],
  },
  builds: {
    purpose: 'rules, verdicts, queue, states, logs and history of builds; executes nothing',
    mayImport: ['kernel', ...platform, 'storage', 'identity', 'hub', 'sources'],
  },
  protocol: {
    purpose: 'the wire: operations of the API and of the builder protocol, declared once',
    mayImport: ['kernel'],
  },
  client: {
    purpose: 'typed client of the API over `fetch`, for browser, command line and builder alike',
    mayImport: ['kernel', 'protocol'],
  },
  builder: {
    purpose: 'the worker: lease, sandbox, phases, push, report; a foreign program that ships here',
    mayImport: [
      'kernel',
      'protocol',
      'client',
      'platform/config',
      'platform/telemetry',
      'platform/http',
    ],
  },
  api: {
    purpose: 'answers the operations that the protocol declares, and gives out registry tokens',
    mayImport: [
      'kernel',
      ...platform,
      'storage',
      'protocol',
      'registry',
      'identity',
      'hub',
      'sources',
      'builds',
    ],
  },
  app: {
    purpose: 'composition root: settings → rooms → server and builder; start and stop',
    mayImport: [
      'kernel',
      ...platform,
      'storage',
      'registry',
      'identity',
      'hub',
      'sources',
      'builds',
      'protocol',
      'client',
      'builder',
      'api',
    ],
  },
  cli: {
    purpose: '`slipway <noun> <verb>`: one file a verb',
    mayImport: ['kernel', 'protocol', 'client', 'app', 'platform/config'],
  },
};

/** Foreign packages that belong to certain rooms; all others may be used wherever they serve. */
export const packageOwners: Readonly<Record<string, readonly RoomName[]>> = {
  pg: ['platform/db'],
  pino: ['platform/telemetry'],
  fastify: ['api', 'app'],
  jose: ['identity', 'api'],
  undici: ['builder'],
};

/** Rooms that a browser loads too: nothing of Node's is there. */
export const browserRooms: ReadonlySet<RoomName> = new Set(['protocol', 'client']);
