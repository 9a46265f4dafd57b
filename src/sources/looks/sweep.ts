import type { DeliveryCause } from '#kernel';
import type { Database } from '#platform/db';
import { type Duty, paged } from '#platform/schedule';
import type { SourceId } from '../ref-changes.ts';
import { listSourceIds } from '../source-store.ts';
import { sourcesErrors } from '../sources-errors.ts';
import type { Looks } from './looks.ts';

export interface SweepParts {
  readonly database: Database;
  readonly looks: Pick<Looks, 'observe'>;
}

const intervalMilliseconds = 5 * 60_000;
const sourcesPerPage = 200;

/** Looks at every source at once and then every five minutes, which heals whatever pokes were lost. */
export function createSweep(parts: SweepParts): Duty {
  let cause: DeliveryCause = 'start';
  return {
    name: 'look at all sources',
    everyMilliseconds: intervalMilliseconds,
    async run(signal) {
      await sweep(parts, cause, signal);
      cause = 'timer';
    },
  };
}

/** One after the other: healing must not take the machine from pushes. */
async function sweep(
  { database, looks }: SweepParts,
  cause: DeliveryCause,
  signal: AbortSignal,
): Promise<void> {
  const sourceIds = paged<SourceId>((last = 0) =>
    database.read((tx) => listSourceIds(tx, { after: last, limit: sourcesPerPage })),
  );
  for await (const sourceId of sourceIds) {
    if (signal.aborted) return;
    await looks.observe({ sourceId, poke: { cause }, signal }).catch(passOver);
  }
}

/** A look that fails is told by the job that tries it again. */
function passOver(error: unknown): void {
  if (!sourcesErrors.is(error)) throw error;
}
