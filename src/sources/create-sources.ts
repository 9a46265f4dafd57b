import type { Clock, RepositoryName } from '#kernel';
import type { Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import { createEmbeddedProvider } from './embedded/embedded-provider.ts';
import { runObservationTimer } from './observation-timer.ts';
import type { PointedRef, Provider } from './provider.ts';
import type { Delivery, RefListener, SourceId } from './ref-changes.ts';
import {
  type DeliveryPage,
  findRef,
  type KnownRef,
  listDeliveries,
  listRefs,
} from './ref-log-store.ts';
import type { Source } from './source.ts';
import { type Poke, SourceObserver } from './source-observer.ts';
import { deleteUnusedSource, findSource, getSource, insertSource } from './source-store.ts';
import { sourcesErrors } from './sources-errors.ts';

export interface SourcesOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Where the embedded git host keeps its repositories. */
  readonly folder: string;
  readonly listener: RefListener;
  readonly logger: Logger;
}

/** Linked git repositories and what their refs pointed to. */
export interface Sources extends AsyncDisposable {
  /**
   * Makes an empty repository on the embedded git host. Throws `SOURCE_TAKEN`, and `GIT_FAILED` where
   * git is missing or the folder can't be written.
   */
  createEmbedded(name: RepositoryName): Promise<Source>;

  /** The embedded host's repository of that name. */
  findEmbedded(name: RepositoryName): Promise<Source | undefined>;

  get(id: SourceId): Promise<Source | undefined>;

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
  const embedded = createEmbeddedProvider({ folder: options.folder });
  return assembleSources(options, embedded);
}

/** Over any driver of the embedded host: tests bring one without git. */
export function assembleSources(
  { database, clock, listener, logger }: Omit<SourcesOptions, 'folder'>,
  embedded: Provider,
): Sources {
  const providers = { embedded } satisfies Record<Provider['kind'], Provider>;
  const providerOf = (kind: Provider['kind']) => providers[kind];
  const observer = new SourceObserver({ database, clock, providerOf, listener });
  const stop = new AbortController();
  let timer: Promise<void> = Promise.resolve();
  return {
    createEmbedded: (name) => createEmbedded({ database, clock, embedded }, name),
    findEmbedded: (name) => database.read((tx) => findSource(tx, 'embedded', name)),
    get: (id) => database.read((tx) => getSource(tx, id)),
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

interface EmbeddedOptions extends Pick<SourcesOptions, 'database' | 'clock'> {
  readonly embedded: Provider;
}

async function createEmbedded(
  { database, clock, embedded }: EmbeddedOptions,
  name: RepositoryName,
): Promise<Source> {
  const row = { kind: 'embedded', name, createdAt: clock.now() } as const;
  const source = await database.transact((tx) => insertSource(tx, row));
  if (!source) {
    throw sourcesErrors.fail('SOURCE_TAKEN', `there is a git repository ${name} already`, {
      detail: { name },
    });
  }
  try {
    await embedded.link(source);
  } catch (error) {
    // The name must stay free for a second try.
    await database.transact((tx) => deleteUnusedSource(tx, source.id));
    throw error;
  }
  return source;
}
