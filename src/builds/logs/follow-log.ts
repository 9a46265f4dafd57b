import type { BuildsParts } from '../builds-options.ts';
import type { NumberedLine } from './log-line.ts';
import { isLast, type ReadingParts, readPieces, requireLogHead } from './read-log.ts';

export interface FollowRequest {
  /** The number of the first line: where an earlier connection broke. */
  readonly from: number;
  readonly signal?: AbortSignal;
}

type FollowingParts = ReadingParts & Pick<BuildsParts, 'events' | 'clock'>;

const pollMilliseconds = 1000;

/**
 * Gives lines as they come, and ends after the last one of an ended attempt, or when the signal
 * aborts. Lines of this process wake it at once, those of other servers within a second.
 */
export async function* followLog(
  parts: FollowingParts,
  attemptId: string,
  { from, signal }: FollowRequest,
): AsyncGenerator<NumberedLine, void> {
  using growth = watchGrowth(parts, attemptId, signal);
  let next = from;
  while (signal?.aborted !== true) {
    growth.expect();
    const head = await requireLogHead(parts, attemptId);
    const begin = next;
    for await (const lines of readPieces(parts, attemptId, begin)) {
      yield* lines;
      next += lines.length;
      if (signal?.aborted) return;
    }
    if (isLast(head, next)) return;
    if (next === begin) await growth.wait();
  }
}

interface Growth extends Disposable {
  /** From now on growth counts. */
  expect(): void;
  /** Resolves when there may be more than at the last `expect`. Never rejects. */
  wait(): Promise<void>;
}

function watchGrowth(
  { events, clock }: FollowingParts,
  attemptId: string,
  signal: AbortSignal | undefined,
): Growth {
  let grown = Promise.withResolvers<void>();
  const stop = events.on((event) => {
    if (event.type === 'log-grew' && event.attemptId === attemptId) grown.resolve();
  });
  return {
    expect: () => {
      grown = Promise.withResolvers<void>();
    },
    async wait() {
      const woken = new AbortController();
      const signals = signal === undefined ? [woken.signal] : [woken.signal, signal];
      const pause = clock.sleep(pollMilliseconds, AbortSignal.any(signals)).catch(() => undefined);
      await Promise.race([grown.promise, pause]);
      woken.abort();
    },
    [Symbol.dispose]: stop,
  };
}
