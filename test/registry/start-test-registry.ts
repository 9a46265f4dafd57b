import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '#kernel';
import { migrate, openSqlite } from '#platform/db';
import { type HttpServer, startHttpServer } from '#platform/http';
import { createLogger } from '#platform/telemetry';
import {
  createRegistry,
  createRegistryHandler,
  type RegistryAccess,
  registryMigrations,
} from '#registry';
import { createFilesystemBlobStore } from '#storage';

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`: what image names begin with. */
  readonly host: string;
}

/** A registry on SQLite and files that lets everybody do everything. */
export async function startTestRegistry(folder: string, port = 0): Promise<TestRegistry> {
  const database = openSqlite({ path: join(folder, 'registry.sqlite') });
  await migrate(database, registryMigrations);
  const blobs = createFilesystemBlobStore({ root: join(folder, 'blobs') });
  const registry = createRegistry({ database, blobs, rules: [] });
  const logger = createLogger('error', process.stderr);
  const handler = createRegistryHandler({ registry, access: allowAll(), logger });
  const server = await startHttpServer({
    host: '127.0.0.1',
    port,
    handler,
    ids: systemIds,
    logger,
  });
  return {
    host: `127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: async () => {
      await stop(server);
      await database[Symbol.asyncDispose]();
    },
  };
}

async function stop(server: HttpServer): Promise<void> {
  await server.drain(0);
}

/** Every name is a repository, numbered as it comes. */
function allowAll(): RegistryAccess {
  const ids = new Map<string, number>();
  const actor = { subject: 'user-1' };
  return {
    identify: async () => ({ kind: 'granted', repositoryId: 0, actor }),
    authorize: async ({ name }) => {
      const repositoryId = ids.get(name) ?? ids.size + 1;
      ids.set(name, repositoryId);
      return { kind: 'granted', repositoryId, actor };
    },
  };
}

export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
