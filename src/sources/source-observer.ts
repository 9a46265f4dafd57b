import type { Clock, DeliveryCause } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import type { RefSnapshot } from './provider.ts';
import { type Providers, readRefs } from './providers.ts';
import type { Delivery, RefListener, SourceId } from './ref-changes.ts';
import { diffRefs, type FoundChange } from './ref-diff.ts';
import { appendDelivery, applyChanges, listRefs } from './ref-log-store.ts';
import { claimObservation, getObservedSource, type ObservedSource } from './source-store.ts';
import { sourcesErrors } from './sources-errors.ts';

/** Why a source is to be looked at, and who made us. */
export interface Poke {
  readonly cause: DeliveryCause;
  readonly pushedBy?: string;
}

export interface SourceObserverOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly listener: RefListener;
}

/** One look at a source, for all pokes that came before it began. */
interface Look {
  readonly pokes: Poke[];
  readonly done: Promise<void>;
  hasBegun: boolean;
}

const mostTries = 5;

/**
 * Asks sources for their refs and records what changed. Per source one look is under way at a time;
 * pokes that come meanwhile share the next one.
 */
export class SourceObserver {
  readonly #options: SourceObserverOptions;
  readonly #looks = new Map<SourceId, Look>();

  constructor(options: SourceObserverOptions) {
    this.#options = options;
  }

  /**
   * Resolves once everything that the source's refs were at the time of the call is durable in the
   * ref log and the listener has been told. Throws `SOURCE_UNKNOWN`, `SOURCE_UNREADABLE`,
   * `SOURCE_BUSY`; then nothing of it was recorded.
   */
  observe(sourceId: SourceId, poke: Poke): Promise<void> {
    const last = this.#looks.get(sourceId);
    if (last && !last.hasBegun) {
      last.pokes.push(poke);
      return last.done;
    }
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const look: Look = { pokes: [poke], done, hasBegun: false };
    this.#looks.set(sourceId, look);
    const begin = () => this.#look(sourceId, look).then(resolve, reject);
    if (last) void last.done.then(begin, begin);
    else void begin();
    return done;
  }

  /** Resolves when no look is under way. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#looks.values()].map((look) => look.done));
  }

  async #look(sourceId: SourceId, look: Look): Promise<void> {
    look.hasBegun = true;
    try {
      for (let tries = 0; tries < mostTries; tries += 1) {
        if (await this.#tryLook(sourceId, look.pokes)) return;
      }
    } finally {
      if (this.#looks.get(sourceId) === look) this.#looks.delete(sourceId);
    }
    throw sourcesErrors.fail('SOURCE_BUSY', `source ${sourceId} changed during every look at it`);
  }

  /** `false` when another server recorded something while we read the refs. */
  async #tryLook(sourceId: SourceId, pokes: readonly Poke[]): Promise<boolean> {
    const { database, providers } = this.#options;
    // In this order: what is read later may only be newer, and then the claim fails.
    const observed = await database.read((tx) => getObservedSource(tx, sourceId));
    if (!observed) throw sourcesErrors.fail('SOURCE_UNKNOWN', `there is no source ${sourceId}`);
    const known = await database.read((tx) => listRefs(tx, sourceId));
    const snapshot = await readRefs(providers, observed.source);
    const changes = diffRefs(known, snapshot.refs);
    const parts = partitionPokes(pokes, changes);
    if (parts.length === 0) return true;
    return database.transact((tx) => this.#record(tx, { observed, snapshot, parts }));
  }

  async #record(tx: WriteTransaction, finding: Finding): Promise<boolean> {
    const { observed, snapshot, parts } = finding;
    if (!(await claimObservation(tx, observed, snapshot.defaultBranch))) return false;
    const sourceId = observed.source.id;
    const receivedAt = this.#options.clock.now();
    const deliveries: Delivery[] = [];
    for (const { poke, changes } of parts) {
      deliveries.push(await appendDelivery(tx, { ...poke, sourceId, receivedAt }, changes));
    }
    for (const delivery of deliveries) {
      await applyChanges(tx, sourceId, delivery.changes);
      await this.#options.listener.refsChanged(tx, delivery);
    }
    return true;
  }
}

interface Finding {
  readonly observed: ObservedSource;
  readonly snapshot: RefSnapshot;
  readonly parts: readonly PokeShare[];
}

/** A poke that is kept as a delivery, with the changes it is answerable for. */
interface PokeShare {
  readonly poke: Poke;
  readonly changes: readonly FoundChange[];
}

/**
 * Pushes and people's wishes are kept, whatever they changed; our own looks only when they found
 * something that no push accounts for. Pokes that share a look can't be told apart by what they
 * changed: the first takes it all.
 */
function partitionPokes(
  pokes: readonly Poke[],
  changes: readonly FoundChange[],
): readonly PokeShare[] {
  const external = pokes.filter(({ cause }) => cause === 'push' || cause === 'manual');
  const kept = external.length > 0 || changes.length === 0 ? external : pokes.slice(0, 1);
  return kept.map((poke, index) => ({ poke, changes: index === 0 ? changes : [] }));
}
