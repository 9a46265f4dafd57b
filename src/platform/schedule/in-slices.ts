import { setImmediate } from 'node:timers/promises';

/** What is done with so many items takes a few milliseconds. */
const itemsPerSlice = 1_000;

/**
 * What somebody may have made long, slice by slice: whatever else waits has its turn between two of them.
 */
export async function* inSlices<Item>(
  items: readonly Item[],
): AsyncGenerator<readonly Item[], void> {
  for (let first = 0; first < items.length; first += itemsPerSlice) {
    if (first > 0) await setImmediate();
    yield items.slice(first, first + itemsPerSlice);
  }
}
