import type { ReadTransaction } from '#platform/db';
import { paged } from '#platform/schedule';
import type { BuildsParts } from '../builds-options.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';
import {
  type DiscardedRef,
  listDiscarded,
  nextWaitingRepository,
  type WaitingRef,
} from './discarded-ref-store.ts';

type WaitingParts = Pick<BuildsParts, 'database' | 'queue' | 'limits'>;

const refsPerPage = 20;

/**
 * Refs that wait for room in a queue, as they are planned: repository by repository, the longest waiting
 * ref of each first, as long as its namespace has room. A full one costs one look, however many refs it
 * has. Whoever takes only some goes on with the next repository the next time.
 */
export class WaitingRefs {
  readonly #parts: WaitingParts;
  #lastRepository = 0;

  constructor(parts: WaitingParts) {
    this.#parts = parts;
  }

  async *list(): AsyncGenerator<DiscardedRef, void> {
    const begin = this.#lastRepository;
    for await (const repositoryId of this.#repositories(begin)) {
      this.#lastRepository = repositoryId;
      yield* this.#refsOf(repositoryId);
    }
  }

  /** Those behind the given one, then those up to it. */
  async *#repositories(begin: number): AsyncGenerator<number, void> {
    const { database } = this.#parts;
    const next = (after: number) => database.read((tx) => nextWaitingRepository(tx, after));
    for (let id = await next(begin); id !== undefined; id = await next(id)) yield id;
    for (let id = await next(0); id !== undefined && id <= begin; id = await next(id)) yield id;
  }

  async *#refsOf(repositoryId: number): AsyncGenerator<DiscardedRef, void> {
    const { database } = this.#parts;
    const waiting = paged<WaitingRef>((last) =>
      database.read((tx) => listDiscarded(tx, { repositoryId, last, limit: refsPerPage })),
    );
    for await (const ref of waiting) {
      // A repository whose place can't be told fails when it is planned, and there by itself.
      const hasRoom = database.read((tx) => mayQueue(tx, this.#parts, repositoryId));
      if (!(await hasRoom.catch(() => true))) return;
      yield ref;
    }
  }
}

/** As far as can be told without keeping others from queueing. */
async function mayQueue(
  tx: ReadTransaction,
  { queue, limits }: WaitingParts,
  repositoryId: number,
): Promise<boolean> {
  const { namespaceId, group } = await queuePlaceOf(tx, repositoryId);
  const pending = (await queue.group(tx, group))?.pending ?? 0;
  return pending < limits.pending(namespaceId);
}
