import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Database, DialectName } from '#platform/db';
import { openTestDatabase } from '#platform/db/testing';
import { type BlobStore, createFilesystemBlobStore, createMemoryBlobStore } from '#storage';
import { createRegistry } from '../create-registry.ts';
import type { PublishRules } from '../publish-rules.ts';
import type { Registry } from '../registry.ts';
import { registryMigrations } from '../registry-migrations.ts';

/** A registry of its own for one test, and the parts that a test looks into or breaks. */
export interface RegistryFixture extends AsyncDisposable {
  readonly registry: Registry;
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: SteppedClock;
  /** Another server over the same database and store. */
  another(): Registry;
}

export interface RegistryFixtureOptions {
  readonly rules?: readonly PublishRules[];
  readonly largestBlobBytes?: number;
}

export type OpenRegistry = (options?: RegistryFixtureOptions) => Promise<RegistryFixture>;

export interface RegistryParts {
  readonly dialect: DialectName;
  readonly store: 'memory' | 'filesystem';
}

export async function openRegistryFixture(
  parts: RegistryParts,
  options: RegistryFixtureOptions = {},
): Promise<RegistryFixture> {
  const database = await openTestDatabase(parts.dialect, registryMigrations);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const store =
    parts.store === 'memory'
      ? createMemoryBlobStore()
      : createFilesystemBlobStore({ root: folder });
  const clock = new SteppedClock();
  const another = () =>
    createRegistry({ database, blobs: store, rules: [], clock, ids: systemIds, ...options });
  return {
    registry: another(),
    another,
    database,
    store,
    clock,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until a test moves it. */
class SteppedClock implements Clock {
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(): Promise<void> {
    throw new Error('the registry never sleeps');
  }
}
