import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import type { Database, DialectName } from '#platform/db';
import { openTestDatabase } from '#platform/db/testing';
import {
  type BlobStore,
  createFilesystemBlobStore,
  createMemoryBlobStore,
  createMemoryBucketStore,
} from '#storage';
import { createRegistry } from '../create-registry.ts';
import type { PublishRules } from '../publish-rules.ts';
import type { Registry } from '../registry.ts';
import { registryMigrations } from '../registry-migrations.ts';
import type { UploadLimitsOptions } from '../uploads/upload-limits.ts';

/** A registry of its own for one test, and the parts that a test looks into or breaks. */
export interface RegistryFixture extends AsyncDisposable {
  readonly registry: Registry;
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: TestClock;
  /** Another server over the same database and store. */
  another(): Registry;
  /** Another server whose way to the database, or to the store, a test has put something into. */
  readonly over: (database: Database, store?: BlobStore) => Registry;
}

export interface RegistryFixtureOptions {
  readonly rules?: readonly PublishRules[];
  readonly largestBlobBytes?: number;
  readonly uploadLimits?: UploadLimitsOptions;
  /** Where a bucket leads clients that pull; nowhere without it. */
  readonly blobAddress?: string;
}

export type OpenRegistry = (options?: RegistryFixtureOptions) => Promise<RegistryFixture>;

export interface RegistryParts {
  readonly dialect: DialectName;
  readonly store: 'memory' | 'filesystem' | 'bucket';
}

export async function openRegistryFixture(
  parts: RegistryParts,
  options: RegistryFixtureOptions = {},
): Promise<RegistryFixture> {
  const database = await openTestDatabase(parts.dialect, registryMigrations);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const store = {
    memory: createMemoryBlobStore,
    filesystem: () => createFilesystemBlobStore({ root: folder }),
    bucket: () => createMemoryBucketStore({ partBytes: 1000, address: options.blobAddress }),
  }[parts.store]();
  const clock = new TestClock();
  const over = (way: Database, blobs = store) =>
    createRegistry({ database: way, blobs, rules: [], clock, ids: systemIds, ...options });
  const another = () => over(database);
  return {
    registry: another(),
    another,
    over,
    database,
    store,
    clock,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
