import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import { runObservationTimer } from './observation-timer.ts';
import type { CloneAccess, PointedRef } from './provider.ts';
import { cloneAccess, type Providers } from './providers.ts';
import type { Delivery, RefListener, SourceId } from './ref-changes.ts';
import {
  type DeliveryPage,
  findRef,
  type KnownRef,
  listDeliveries,
  listRefs,
} from './ref-log-store.ts';
import type { Source, SourceName } from './source.ts';
import { type Poke, SourceObserver } from './source-observer.ts';
import { findSource, getSource, putSource } from './source-store.ts';
import { sourcesErrors } from './sources-errors.ts';

export interface SourcesOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly listener: RefListener;
  readonly logger: Logger;
}

/** Linked git repositories and what their refs pointed to. */
export interface Sources extends AsyncDisposable {
  /**
   * The source of that name, linked where it is not yet. Throws what the provider's `link` does; then
   * a second try begins anew.
   */
  link(source: SourceName): Promise<Source>;

  find(source: SourceName): Promise<Source | undefined>;

  /** Throws `SOURCE_UNKNOWN`. */
  get(id: SourceId): Promise<Source>;

  /**
   * What an attempt needs to clone the source. Throws `SOURCE_UNKNOWN`, `PROVIDER_UNABLE` where that
   * can't be had of its provider, and `PROVIDER_FAILED`.
   */
  cloneAccess(id: SourceId): Promise<CloneAccess>;

  /**
   * Asks the source for its refs. Resolves once all that they were at the time of the call is durable
   * in the ref log, with the listener told. Throws `SOURCE_UNKNOWN`, `SOURCE_UNREADABLE` or
   * `SOURCE_BUSY`; then nothing of it was recorded, and the timer will look again.
   */
  observe(id: SourceId, poke: Poke): Promise<void>;

  /** Branches and tags as last observed, in the order of type and name; empty for an unknown source. */
  listRefs(id: SourceId): Promise<readonly KnownRef[]>;

  /** Where one branch or tag pointed when last observed. */
  findRef(id: SourceId, ref: Pick<PointedRef, 'type' | 'name'>): Promise<KnownRef | undefined>;

  /** Kept deliveries with what they changed, the newest first. */
  listDeliveries(id: SourceId, page: DeliveryPage): Promise<readonly Delivery[]>;

  /** Looks at all sources now and every five minutes, until disposed of. */
  start(): void;
}

export function createSources(options: SourcesOptions): Sources {
  const { database, clock, providers, logger } = options;
  const observer = new SourceObserver(options);
  const stop = new AbortController();
  let timer: Promise<void> = Promise.resolve();
  return {
    link: (source) => linkSource(options, source),
    find: (source) => database.read((tx) => findSource(tx, source)),
    get: (id) => requireSource(database, id),
    cloneAccess: async (id) => cloneAccess(providers, await requireSource(database, id)),
    observe: (id, poke) => observer.observe(id, poke),
    listRefs: (id) => database.read((tx) => listRefs(tx, id)),
    findRef: (id, ref) => database.read((tx) => findRef(tx, id, ref)),
    listDeliveries: (id, page) => database.read((tx) => listDeliveries(tx, id, page)),
    start: () => {
      timer = runObservationTimer({ database, clock, observer, logger }, stop.signal);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await timer;
      await observer.settle();
    },
  };
}

type LinkOptions = Pick<SourcesOptions, 'database' | 'clock' | 'providers'>;

async function linkSource(
  { database, clock, providers }: LinkOptions,
  named: SourceName,
): Promise<Source> {
  const linked = await database.read((tx) => findSource(tx, named));
  if (linked !== undefined) return linked;
  await providers[named.provider].link(named.name);
  const createdAt = clock.now();
  return database.transact((tx) => putSource(tx, { ...named, createdAt }));
}

async function requireSource(database: Database, id: SourceId): Promise<Source> {
  const source = await database.read((tx) => getSource(tx, id));
  if (source !== undefined) return source;
  throw sourcesErrors.fail('SOURCE_UNKNOWN', `there is no source ${id}`);
}
