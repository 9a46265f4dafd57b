import { type Clock, type Instant, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Duty } from './duty.ts';

/** A duty that finds items and does the same with each of them. */
export interface ItemDuty<Item> {
  readonly name: string;
  readonly everyMilliseconds: number;
  /** How many are worked on in one run at most; all of them unless it is said. */
  readonly mostAtOnce?: number;
  /** What is due now. One that has failed is found again, and passed over until its pause is over. */
  list(signal: AbortSignal): AsyncIterable<Item> | Promise<Iterable<Item>>;
  /** What an item's failures are told under, the same whenever it is found. */
  nameOf(item: Item): string;
  work(item: Item): Promise<void>;
}

export interface ItemDutyParts {
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Failed {
  readonly failures: number;
  readonly againAt: Instant;
}

const pauses = { firstMilliseconds: 5_000, longestMilliseconds: 300_000 };

/**
 * Makes a duty of it that works on one item after the other. An item that throws is logged with its
 * name and left alone for a while, longer with each failure in a row; the others get their turn.
 */
export function itemDuty<Item>(duty: ItemDuty<Item>, parts: ItemDutyParts): Duty {
  const failed = new Map<string, Failed>();
  return {
    name: duty.name,
    everyMilliseconds: duty.everyMilliseconds,
    async run(signal) {
      let left = duty.mostAtOnce ?? Infinity;
      for await (const item of await duty.list(signal)) {
        if (signal.aborted || left === 0) break;
        const name = duty.nameOf(item);
        if ((failed.get(name)?.againAt ?? 0) > parts.clock.now()) continue;
        await workOn(item, { duty, parts, failed, signal });
        left -= 1;
      }
      forgetOld(failed, parts.clock.now());
    },
  };
}

interface Work<Item> {
  readonly duty: ItemDuty<Item>;
  readonly parts: ItemDutyParts;
  readonly failed: Map<string, Failed>;
  readonly signal: AbortSignal;
}

async function workOn<Item>(item: Item, { duty, parts, failed, signal }: Work<Item>) {
  const name = duty.nameOf(item);
  try {
    await duty.work(item);
    failed.delete(name);
  } catch (error) {
    if (signal.aborted) return;
    const failures = (failed.get(name)?.failures ?? 0) + 1;
    const againInMilliseconds = pauseAfter(failures, pauses);
    failed.set(name, { failures, againAt: parts.clock.now() + againInMilliseconds });
    parts.logger.error(
      { error, duty: duty.name, item: name, failures, againInMilliseconds },
      'an item of a duty failed; it is tried again',
    );
  }
}

/** Of items that were not found again when their turn came. */
function forgetOld(failed: Map<string, Failed>, now: Instant): void {
  const latest = now - pauses.longestMilliseconds;
  for (const [name, { againAt }] of failed) if (againAt < latest) failed.delete(name);
}
