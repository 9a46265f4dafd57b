import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '#platform/crypto';
import { migrate, openSqlite } from '#platform/db';
import { startHttpServer } from '#platform/http';
import { createLogger } from '#platform/telemetry';
import {
  type AccessChallenge,
  createRegistry,
  createRegistryHandler,
  type RegistryAccess,
  registryMigrations,
} from '#registry';
import { createFilesystemBlobStore } from '#storage';
import type { Credential } from '#transfer';

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`: what image names begin with. */
  readonly host: string;
}

/** Who may do everything here, and nobody else anything. */
export const tester = {
  kind: 'password',
  username: 'tester',
  password: 'correct horse battery',
} as const satisfies Credential;

/** The registry alone, on SQLite and files, behind Basic authentication. */
export async function startTestRegistry(folder: string, port = 0): Promise<TestRegistry> {
  const database = openSqlite({ path: join(folder, 'registry.sqlite') });
  await migrate(database, registryMigrations);
  const blobs = createFilesystemBlobStore({ root: join(folder, 'blobs') });
  const registry = createRegistry({ database, blobs, rules: [] });
  const logger = createLogger('error', process.stderr);
  const handler = createRegistryHandler({ registry, access: allowTester(), logger });
  const address = { host: '127.0.0.1', port };
  const server = await startHttpServer({ ...address, handler, ids: systemIds, logger });
  return {
    host: `127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: async () => {
      await server.drain(0);
      await database[Symbol.asyncDispose]();
    },
  };
}

const challenge: AccessChallenge = {
  kind: 'unauthenticated',
  challenge: 'Basic realm="slipway"',
  message: 'log in first',
};

function allowTester(): RegistryAccess {
  const expected = `Basic ${btoa(`${tester.username}:${tester.password}`)}`;
  const actor = { subject: tester.username };
  return {
    identify: async ({ authorization }) => (authorization === expected ? undefined : challenge),
    authorize: async ({ authorization, name }) =>
      authorization === expected
        ? { kind: 'granted', repositoryId: numberOf(name), actor }
        : challenge,
  };
}

/** A number that a name keeps when the server starts again. */
function numberOf(name: string): number {
  return Number.parseInt(Buffer.from(name).toString('hex').slice(-12), 16);
}

export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
