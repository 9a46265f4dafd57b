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
  'platform/crypto',
  'platform/cache',
  'platform/patterns',
  'platform/schedule',
  'platform/http',
  'platform/db',
  'platform/events',
  'platform/jobs',
] as const;

export const roomNames = [
  'kernel',
  ...platform,
  'storage',
  'registry',
  'access',
  'accounts',
  'credentials',
  'repositories',
  'githost',
  'sources',
  'builds',
  'protocol',
  'client',
  'transfer',
  'builder',
  'api',
  'app',
  'cli',
] as const;

export type RoomName = (typeof roomNames)[number];

export const rooms: Readonly<Record<RoomName, Room>> = {
  kernel: {
    purpose:
      'values without I/O or Node: digests, names, tags, time, the one error class, and the closed vocabularies that wire and program share',
    mayImport: [],
  },
  'platform/config': {
    purpose: 'settings: the only reader of environment and configuration file',
    mayImport: ['kernel'],
  },
  'platform/telemetry': { purpose: 'structured logs', mayImport: [] },
  'platform/crypto': {
    purpose: "what takes Node's cryptography: chance, hashes of bytes, secrets that are read again",
    mayImport: ['kernel'],
  },
  'platform/cache': {
    purpose: 'what was loaded a moment ago, bounded in number and in age',
    mayImport: ['kernel'],
  },
  'platform/patterns': {
    purpose: 'regular expressions that people write: RE2, bounded in size, compiled once',
    mayImport: ['kernel'],
  },
  'platform/schedule': {
    purpose: 'duties that are due by the clock, each by itself; waiting to be woken',
    mayImport: ['kernel', 'platform/telemetry'],
  },
  'platform/http': {
    purpose: 'a listener, bounded bodies, request ids, answers that arrive',
    mayImport: ['kernel', 'platform/telemetry'],
  },
  'platform/db': {
    purpose: 'SQLite and PostgreSQL behind one contract, durable transactions, migrations',
    mayImport: ['kernel', 'platform/telemetry'],
  },
  'platform/events': {
    purpose: 'what happened: hints to all servers, and an outbox of what must not be missed',
    mayImport: ['kernel', 'platform/telemetry', 'platform/db'],
  },
  'platform/jobs': {
    purpose: 'rows of work with lease, attempt and result; the worker that does it',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/schedule',
      'platform/db',
      'platform/events',
    ],
  },
  storage: { purpose: "where blobs' bytes lie", mayImport: ['kernel', 'platform/crypto'] },
  registry: {
    purpose: 'the OCI registry: blobs, manifests, tags, stages, rules of publishing; `/v2/`',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/crypto',
      'platform/cache',
      'platform/http',
      'platform/db',
      'storage',
    ],
  },
  access: {
    purpose:
      'who asks and what they may do: the principal, one table of actions, and pure decisions over facts handed in, each with its why',
    mayImport: ['kernel'],
  },
  accounts: {
    purpose: 'people, and the names that they and the system own',
    mayImport: ['kernel', 'platform/db', 'access'],
  },
  credentials: {
    purpose: 'who asks: passwords, access tokens, sessions, registry tokens, limits on tries',
    mayImport: [
      'kernel',
      'platform/cache',
      'platform/schedule',
      'platform/db',
      'access',
      'accounts',
    ],
  },
  repositories: {
    purpose: 'repositories as people see them: visibility, descriptions, settings, rights',
    mayImport: [
      'kernel',
      'platform/cache',
      'platform/patterns',
      'platform/db',
      'access',
      'accounts',
    ],
  },
  githost: {
    purpose: 'the embedded git host: bare repositories on disk; `/git/`',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/schedule',
      'platform/http',
      'platform/db',
    ],
  },
  sources: {
    purpose: 'where builds come from: linked repositories behind one contract, the ref log',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/schedule',
      'platform/db',
      'platform/events',
      'platform/jobs',
    ],
  },
  builds: {
    purpose: 'rules, verdicts, queue, states, logs and history of builds; executes nothing',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/crypto',
      'platform/cache',
      'platform/patterns',
      'platform/schedule',
      'platform/db',
      'platform/events',
      'platform/jobs',
      'storage',
      'access',
      'repositories',
      'sources',
    ],
  },
  protocol: {
    purpose: 'the wire: operations of the API and of the builder protocol, declared once',
    mayImport: ['kernel'],
  },
  client: {
    purpose: 'typed client of the API over `fetch`, for browser, command line and builder alike',
    mayImport: ['kernel', 'protocol'],
  },
  transfer: {
    purpose: 'copying between registries: one OCI client of any registry',
    mayImport: ['kernel', 'platform/crypto'],
  },
  builder: {
    purpose: 'the worker: lease, sandbox, phases, push, report; a foreign program that ships here',
    mayImport: [
      'kernel',
      'platform/config',
      'platform/telemetry',
      'platform/crypto',
      'protocol',
      'client',
      'transfer',
    ],
  },
  api: {
    purpose: 'answers the operations that the protocol declares, and gives out registry tokens',
    mayImport: [
      'kernel',
      'platform/telemetry',
      'platform/http',
      'platform/db',
      'storage',
      'registry',
      'access',
      'accounts',
      'credentials',
      'repositories',
      'sources',
      'builds',
      'protocol',
    ],
  },
  app: {
    purpose: 'composition root: settings → rooms → server and builder; start and stop',
    mayImport: [
      'kernel',
      'platform/config',
      'platform/telemetry',
      'platform/crypto',
      'platform/schedule',
      'platform/http',
      'platform/db',
      'platform/events',
      'platform/jobs',
      'storage',
      'registry',
      'access',
      'accounts',
      'credentials',
      'repositories',
      'githost',
      'sources',
      'builds',
      'builder',
      'api',
    ],
  },
  cli: {
    purpose: '`slipway <noun> <verb>`: one file a verb',
    mayImport: ['kernel', 'platform/config', 'protocol', 'client', 'app'],
  },
};

/** Foreign packages that belong to certain rooms; all others may be used wherever they serve. */
export const packageOwners: Readonly<Record<string, readonly RoomName[]>> = {
  pg: ['platform/db'],
  pino: ['platform/telemetry'],
  jose: ['credentials'],
  undici: ['transfer'],
};

/** Rooms that a browser loads too: nothing of Node's is there. */
export const browserRooms: ReadonlySet<RoomName> = new Set([
  'kernel',
  'platform/patterns',
  'protocol',
  'client',
]);
