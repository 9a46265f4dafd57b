import {
  addressList,
  byteSize,
  listenAddress,
  oneOf,
  positiveNumber,
  publicUrl,
  setting,
  text,
  wholeNumber,
  yesOrNo,
} from './setting.ts';

/**
 * Every setting, once. A setting `buildMinutes` is `--build-minutes` on the command line,
 * `buildMinutes` in the file and the named variable in the environment; `docs/configuration.md` is made from this.
 */
export const settings = {
  config: setting({
    env: 'SLIPWAY_CONFIG',
    parse: text,
    meaning: 'A YAML file with settings by their names in it, such as `listen: 0.0.0.0:5000`.',
  }),
  data: setting({
    env: 'SLIPWAY_DATA',
    parse: text,
    fallback: './slipway-data',
    meaning: 'The folder with the database, blobs, logs, git repositories and secrets.',
  }),
  listen: setting({
    env: 'SLIPWAY_LISTEN',
    parse: listenAddress,
    fallback: '127.0.0.1:5000',
    meaning: 'Where the server listens: HOST:PORT, 0.0.0.0 for every interface.',
  }),
  publicUrl: setting({
    env: 'SLIPWAY_PUBLIC_URL',
    parse: publicUrl,
    meaning: 'How clients reach the server, and the name in front of every image.',
  }),
  trustedProxies: setting({
    env: 'SLIPWAY_TRUSTED_PROXIES',
    parse: addressList,
    fallback: '',
    meaning:
      'Addresses and networks (CIDR) of proxies in front of the server, separated by commas: they alone are believed when `X-Forwarded-For` or `Forwarded` says whom they speak for, and `X-Forwarded-Proto` with `X-Forwarded-Host` under which name.',
  }),
  databaseUrl: setting({
    env: 'SLIPWAY_DATABASE_URL',
    parse: postgresUrl,
    secret: true,
    meaning: 'A PostgreSQL address; without it the data folder holds a SQLite file.',
  }),
  databaseConnections: setting({
    env: 'SLIPWAY_DATABASE_CONNECTIONS',
    parse: wholeNumber(2, 1000),
    fallback: '10',
    meaning: 'How many connections to PostgreSQL the server opens at most, and one more to listen.',
  }),
  databaseStatementSeconds: setting({
    env: 'SLIPWAY_DATABASE_STATEMENT_SECONDS',
    parse: positiveNumber,
    fallback: '30',
    meaning:
      'How long PostgreSQL may take for a statement, or half of it for a lock, before the request is answered 503; migrations take as long as they need.',
  }),
  logLevel: setting({
    env: 'SLIPWAY_LOG_LEVEL',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    fallback: 'info',
    meaning: 'How much the server says on standard error.',
  }),
  builder: setting({
    env: 'SLIPWAY_BUILDER',
    parse: yesOrNo,
    fallback: 'true',
    meaning: 'Whether the server starts a builder of its own as a child process.',
  }),
  builderSlots: setting({
    env: 'SLIPWAY_BUILDER_SLOTS',
    parse: wholeNumber(1, 256),
    meaning: 'How many builds the builder runs at once; half of the cores by default.',
  }),
  builderExecutor: setting({
    env: 'SLIPWAY_BUILDER_EXECUTOR',
    parse: oneOf('docker', 'fake'),
    fallback: 'docker',
    meaning: 'What runs builds: docker, or fake, which only acts as if.',
  }),
  builderCpus: setting({
    env: 'SLIPWAY_BUILDER_CPUS',
    parse: positiveNumber,
    fallback: '2',
    meaning: 'Cores that one build may use.',
  }),
  builderMemory: setting({
    env: 'SLIPWAY_BUILDER_MEMORY',
    parse: byteSize,
    fallback: '4GiB',
    meaning: 'Memory that one build may use.',
  }),
  builderProcesses: setting({
    env: 'SLIPWAY_BUILDER_PROCESSES',
    parse: wholeNumber(64, 1_000_000),
    fallback: '4096',
    meaning: 'Processes that one build may have.',
  }),
  builderDisk: setting({
    env: 'SLIPWAY_BUILDER_DISK',
    parse: byteSize,
    fallback: '20GB',
    meaning: 'Disk that one build may fill, images included.',
  }),
  builderAllow: setting({
    env: 'SLIPWAY_BUILDER_ALLOW',
    parse: cidrList,
    fallback: '',
    meaning: 'Private networks that builds may reach, in CIDR form, separated by commas.',
  }),
  builderExtraCa: setting({
    env: 'SLIPWAY_BUILDER_EXTRA_CA',
    parse: text,
    meaning:
      'A PEM file with authorities that sandboxes trust as well, for networks whose proxy signs TLS anew; what `NODE_EXTRA_CA_CERTS` names by default.',
  }),
  buildMinutes: setting({
    env: 'SLIPWAY_BUILD_MINUTES',
    parse: positiveNumber,
    fallback: '240',
    meaning: 'How long a build may run before it is canceled.',
  }),
  concurrentBuilds: setting({
    env: 'SLIPWAY_CONCURRENT_BUILDS',
    parse: wholeNumber(1, 10_000),
    fallback: '15',
    meaning: 'How many builds of one namespace run at once; more wait.',
  }),
  pendingBuilds: setting({
    env: 'SLIPWAY_PENDING_BUILDS',
    parse: wholeNumber(1, 100_000),
    fallback: '30',
    meaning: 'How many builds of one namespace may wait; more are discarded, and the push says so.',
  }),
  buildsPerPush: setting({
    env: 'SLIPWAY_BUILDS_PER_PUSH',
    parse: wholeNumber(1, 100_000),
    fallback: '100',
    meaning:
      'How many builds one push may start of one repository; what it would start beyond is left out, and the push says so.',
  }),
  uploadsPerAccount: setting({
    env: 'SLIPWAY_UPLOADS_PER_ACCOUNT',
    parse: wholeNumber(10, 1_000_000),
    fallback: '1000',
    meaning:
      'How many uploads of layers one account, or one build, may have begun and not finished; more are refused with 429.',
  }),
  uploadsPerRepository: setting({
    env: 'SLIPWAY_UPLOADS_PER_REPOSITORY',
    parse: wholeNumber(10, 1_000_000),
    fallback: '2000',
    meaning: 'The same for one repository, whoever began them.',
  }),
  uploads: setting({
    env: 'SLIPWAY_UPLOADS',
    parse: wholeNumber(10, 10_000_000),
    fallback: '50000',
    meaning: 'The same for the whole registry.',
  }),
  gitProcesses: setting({
    env: 'SLIPWAY_GIT_PROCESSES',
    parse: wholeNumber(2, 1_000),
    fallback: '16',
    meaning:
      'How many git processes answer fetches and pushes at once, half of them for one person at most; more wait, and then are told to come again.',
  }),
  gitPushSize: setting({
    env: 'SLIPWAY_GIT_PUSH_SIZE',
    parse: byteSize,
    fallback: '4GiB',
    meaning: 'How large a pack one git push may bring.',
  }),
  gitPushRefs: setting({
    env: 'SLIPWAY_GIT_PUSH_REFS',
    parse: wholeNumber(1, 1_000_000),
    fallback: '100000',
    meaning: 'How many branches, tags and other refs one git push may name.',
  }),
  adminUsername: setting({
    env: 'SLIPWAY_ADMIN_USERNAME',
    parse: text,
    meaning: 'The first administrator, made at the first start and ignored afterwards.',
  }),
  adminPassword: setting({
    env: 'SLIPWAY_ADMIN_PASSWORD',
    parse: text,
    secret: true,
    meaning: 'The first administrator’s password.',
  }),
  secretKey: setting({
    env: 'SLIPWAY_SECRET_KEY',
    parse: secretKey,
    secret: true,
    meaning:
      'Thirty-two bytes in base64 from which signing and encryption keys are made. With SQLite it is made and kept in the data folder; with PostgreSQL it must be given, the same for every server.',
  }),
  builderToken: setting({
    env: 'SLIPWAY_BUILDER_TOKEN',
    parse: bearerToken,
    secret: true,
    meaning: 'The credential of builders that run elsewhere.',
  }),
} as const;

function postgresUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('expects postgres://user:password@host:port/database');
  }
  return value;
}

function cidrList(value: string): readonly string[] {
  const blocks = value.split(',').map((part) => part.trim());
  const given = blocks.filter((block) => block !== '');
  const wrong = given.find((block) => !/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(block));
  if (wrong !== undefined) throw new Error(`expects networks such as 10.20.0.0/16, not ${wrong}`);
  return given;
}

function secretKey(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length < 32) throw new Error('expects at least 32 bytes in base64');
  return bytes;
}

/** It travels in a header, where a space would end it (RFC 6750, section 2.1). */
function bearerToken(value: string): string {
  if (/^[\w.~+/-]+=*$/.test(value)) return value;
  throw new Error('expects letters, digits and - . _ ~ + / only');
}
