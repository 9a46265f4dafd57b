import type { Clock, Ids } from '#kernel';
import type { Database } from '#platform/db';
import type { Events } from '#platform/events';
import { createJobQueue } from '#platform/jobs';
import type { Duty } from '#platform/schedule';
import type { Logger } from '#platform/telemetry';
import { type DeliveryPage, listDeliveries } from './delivery-store.ts';
import type { DeliveryHint, LookParts } from './looks/look-parts.ts';
import { Looks } from './looks/looks.ts';
import type { Poke } from './looks/poke.ts';
import { createSweep } from './looks/sweep.ts';
import type { CloneAccess, PointedRef } from './provider.ts';
import { assertReadsRefs, cloneAccess, type Providers } from './providers.ts';
import type { Delivery, RefListener, SourceId } from './ref-changes.ts';
import { findRef, type KnownRef, listRefs } from './ref-log-store.ts';
import type { Source, SourceName } from './source.ts';
import { findSource, requireSource } from './source-store.ts';

export interface SourcesOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly providers: Providers;
  readonly listener: RefListener;
  readonly logger: Logger;
}

/**
 * Linked git repositories and what their refs pointed to. From its creation to its disposal it looks at
 * sources that are waiting for it, whichever server was told.
 */
export interface Sources extends AsyncDisposable {
  /**
   * Lets the provider make ready what it has to keep for a source that is not stored yet: to be called
   * before `putSource`. Throws what the provider's `link` does; a later call goes on from there.
   */
  prepare(source: SourceName): Promise<void>;

  find(source: SourceName): Promise<Source | undefined>;

  /**
   * What an attempt needs to clone the source. Throws `SOURCE_UNKNOWN`, `PROVIDER_UNABLE` where that
   * can't be had of its provider, and `PROVIDER_FAILED`.
   */
  cloneAccess(id: SourceId): Promise<CloneAccess>;

  /**
   * Keeps a delivery, and has the source asked for its refs. Resolves once all that they were at the
   * time of the call is durable in the ref log, and the listener has taken it up. Throws
   * `SOURCE_UNKNOWN`, `PROVIDER_UNABLE` where refs can't be had of its provider, and `LOOK_FAILED` with
   * the reason: then the delivery is kept, and the look is tried again by itself. Where a look waits
   * already, one of our own (`timer`, `start`) resolves at once and keeps nothing.
   */
  observe(id: SourceId, poke: Poke): Promise<void>;

  /** Branches and tags as last observed, in the order of type and name; empty for an unknown source. */
  listRefs(id: SourceId): Promise<readonly KnownRef[]>;

  /** Where one branch or tag pointed when last observed. */
  findRef(id: SourceId, ref: Pick<PointedRef, 'type' | 'name'>): Promise<KnownRef | undefined>;

  /** Kept deliveries with what they changed, the newest first. */
  listDeliveries(id: SourceId, page: DeliveryPage): Promise<readonly Delivery[]>;

  /** To look at all sources at the start and every five minutes. */
  readonly duties: readonly Duty[];
}

export function createSources(options: SourcesOptions): Sources {
  const { database, providers } = options;
  const looks = new Looks(lookParts(options));
  return {
    prepare: (source) => prepareSource(options, source),
    find: (source) => database.read((tx) => findSource(tx, source)),
    cloneAccess: async (id) =>
      cloneAccess(providers, await database.read((tx) => requireSource(tx, id))),
    async observe(id, poke) {
      assertReadsRefs(providers, await database.read((tx) => requireSource(tx, id)));
      await looks.observe({ sourceId: id, poke });
    },
    listRefs: (id) => database.read((tx) => listRefs(tx, id)),
    findRef: (id, ref) => database.read((tx) => findRef(tx, id, ref)),
    listDeliveries: (id, page) => database.read((tx) => listDeliveries(tx, id, page)),
    duties: [createSweep({ database, looks })],
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  };
}

/** Looks that are done explain a failure of before for so long. */
const keepDoneMilliseconds = 600_000;

function lookParts({ events, ...options }: SourcesOptions): LookParts {
  return {
    ...options,
    queue: createJobQueue('looks', { events, keepDoneMilliseconds }),
    hints: events.topic<DeliveryHint>('deliveries'),
  };
}

async function prepareSource(
  { database, providers }: Pick<SourcesOptions, 'database' | 'providers'>,
  source: SourceName,
): Promise<void> {
  const stored = await database.read((tx) => findSource(tx, source));
  if (stored === undefined) await providers[source.provider].link(source.name);
}
