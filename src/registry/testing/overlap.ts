import { type Database, statement } from '#platform/db';
import type { Registry } from '../registry.ts';
import type { RegistryFixture } from './registry-fixture.ts';

/** What one of the two changes is made through. */
export interface Side {
  readonly registry: Registry;
  readonly database: Database;
}

type Work<Result> = (side: Side) => Promise<Result>;

export interface Overlapping<First, Second> {
  /** Done up to its commit, which waits for the second. */
  readonly first: Work<First>;
  /** Which of the first's transactions is held open; the first one unless it says. */
  readonly held?: number;
  /** Begun while the first is uncommitted; goes on until it ends, or waits for the first's commit. */
  readonly second: Work<Second>;
}

/**
 * Two changes of which neither has seen the other's commit when it began: the first is held open just
 * before it, the second goes as far as locks let it, then the first commits. On SQLite writers run
 * one after the other, so the second only waits for its turn.
 */
export async function overlap<First, Second>(
  { database, over, registry }: RegistryFixture,
  { first, held = 1, second }: Overlapping<First, Second>,
): Promise<readonly [PromiseSettledResult<First>, PromiseSettledResult<Second>]> {
  const holding = holdCommit(database, held);
  const ofFirst = settled(first({ registry: over(holding.database), database: holding.database }));
  await Promise.race([holding.reached, ofFirst]);
  const ofSecond = settled(second({ registry, database }));
  await untilItWaits(database, ofSecond);
  holding.commit();
  return [await ofFirst, await ofSecond];
}

async function settled<Result>(work: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}

/** The database, but its n-th transaction does not commit before it is told to. */
function holdCommit(database: Database, which: number) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const hold = async (_tx: unknown) => {
    reached.resolve();
    await gate.promise;
  };
  let begun = 0;
  const transact: Database['transact'] = (work) => {
    begun += 1;
    if (begun !== which) return database.transact(work);
    return database.transact(async (tx) => {
      const result = await work(tx);
      await hold(tx);
      return result;
    });
  };
  const holding: Database = {
    dialect: database.dialect,
    read: (work) => database.read(work),
    transact,
    openChannel: (options) => database.openChannel(options),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { database: holding, reached: reached.promise, commit: () => gate.resolve() };
}

const countWaiting = statement<[], { waiting: number }>(
  `select count(*) as waiting from pg_stat_activity
   where datname = current_database() and wait_event_type = 'Lock'`,
);

/** Resolves when the work has ended, or waits for a lock that somebody else has. */
async function untilItWaits(database: Database, work: Promise<unknown>): Promise<void> {
  if (database.dialect === 'sqlite') return;
  let hasEnded = false;
  void work.finally(() => {
    hasEnded = true;
  });
  const isWaiting = async () =>
    ((await database.read((tx) => tx.first(countWaiting)))?.waiting ?? 0) > 0;
  while (!hasEnded && !(await isWaiting()));
}
