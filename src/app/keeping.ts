import { type Clock, systemClock } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Rooms } from './create-rooms.ts';

export interface KeepingOptions {
  readonly rooms: Rooms;
  readonly logger: Logger;
  readonly clock?: Clock;
}

const uploadsMilliseconds = 60_000;

/**
 * What a server does though nobody asks: time limits and lost builders, sources looked at, uploads
 * that nobody went on with. Ends when it is disposed of.
 */
export function createKeeping({
  rooms,
  logger,
  clock = systemClock,
}: KeepingOptions): AsyncDisposable {
  const stop = new AbortController();
  const builds = rooms.builds.keeper.run(stop.signal, (error) =>
    logger.error({ error }, 'looking after builds failed; it will be tried again'),
  );
  const uploads = repeat(uploadsMilliseconds, { clock, signal: stop.signal }, async () => {
    await rooms.registry.uploads
      .removeExpired()
      .catch((error: unknown) =>
        logger.error({ error }, 'expired uploads could not be removed; it will be tried again'),
      );
  });
  rooms.sources.start();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all([builds, uploads]);
    },
  };
}

async function repeat(
  milliseconds: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work();
    await clock.sleep(milliseconds, signal).catch(() => undefined);
  }
}
