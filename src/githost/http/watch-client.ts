import type { Socket } from 'node:net';
import type { Clock } from '#kernel';

export interface WatchedExchange {
  readonly clock: Clock;
  readonly socket: Pick<Socket, 'bytesRead' | 'bytesWritten' | 'writableLength'>;
  /** Whether git could go on if the client sent or took something. */
  readonly isClientsTurn: () => boolean;
  /** Aborts when there is nothing to watch any more. */
  readonly signal: AbortSignal;
}

/** Why an exchange was given up. */
export type GivenUp = 'client-stalled' | 'git-too-long';

const lookMilliseconds = 10_000;
/** Whoever moves less than this in so long a time, when it is their turn, holds a slot for nothing. */
const patienceMilliseconds = 60_000;
const leastBytes = 16 * 1024;
/** How long git may work by itself, all in all: as long as the largest pack that is taken needs. */
const longestWorkMilliseconds = 30 * 60_000;

/**
 * Resolves when a client moves next to nothing though it is its turn, or when git works without end;
 * never, once the signal has aborted. A listener closes connections on which nothing moves at all: this is
 * for a byte now and then.
 */
export async function watchClient(watched: WatchedExchange): Promise<GivenUp | undefined> {
  const { clock, isClientsTurn, signal } = watched;
  let workMilliseconds = 0;
  let turn: Turn | undefined;
  while (!signal.aborted) {
    await clock.sleep(lookMilliseconds, signal).catch(() => undefined);
    if (signal.aborted) return undefined;
    if (!isClientsTurn()) {
      turn = undefined;
      workMilliseconds += lookMilliseconds;
      if (workMilliseconds >= longestWorkMilliseconds) return 'git-too-long';
      continue;
    }
    turn = turnNow(watched, turn);
    if (turn.isStalled) return 'client-stalled';
  }
  return undefined;
}

interface Turn {
  readonly since: number;
  readonly movedBytes: number;
  readonly isStalled: boolean;
}

function turnNow({ clock, socket }: WatchedExchange, before: Turn | undefined): Turn {
  const movedBytes = socket.bytesRead + socket.bytesWritten - socket.writableLength;
  const begun = { since: clock.now(), movedBytes, isStalled: false };
  if (before === undefined || movedBytes - before.movedBytes >= leastBytes) return begun;
  return { ...before, isStalled: clock.now() - before.since >= patienceMilliseconds };
}
