import type { Clock, DeliveryCause } from '#kernel';
import type { Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import type { SourceObserver } from './source-observer.ts';
import { listSourceIds } from './source-store.ts';

export interface ObservationTimerOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly observer: SourceObserver;
  readonly logger: Logger;
}

const intervalMilliseconds = 5 * 60_000;
const sourcesPerPage = 200;

/** Looks at every source at once and then every five minutes, which heals whatever pokes were lost. */
export async function runObservationTimer(
  options: ObservationTimerOptions,
  signal: AbortSignal,
): Promise<void> {
  let cause: DeliveryCause = 'start';
  while (!signal.aborted) {
    try {
      await observeAll(options, cause, signal);
      cause = 'timer';
    } catch (error) {
      options.logger.error({ error }, 'the sources could not be listed');
    }
    await options.clock.sleep(intervalMilliseconds, signal).catch(() => undefined);
  }
}

/** One after the other: healing must not take the machine from pushes. */
async function observeAll(
  { database, observer, logger }: ObservationTimerOptions,
  cause: DeliveryCause,
  signal: AbortSignal,
): Promise<void> {
  let after = 0;
  while (!signal.aborted) {
    const ids = await database.read((tx) => listSourceIds(tx, { after, limit: sourcesPerPage }));
    for (const id of ids) {
      if (signal.aborted) return;
      await observer.observe(id, { cause }).catch((error: unknown) => {
        logger.warn({ error, sourceId: id }, 'the refs of a source could not be observed');
      });
      after = id;
    }
    if (ids.length < sourcesPerPage) return;
  }
}
