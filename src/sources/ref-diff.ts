import { inSlices } from '#platform/schedule';
import type { PointedRef } from './provider.ts';
import type { RefChange } from './ref-changes.ts';

/** A change that has no place in the ref log yet. */
export type FoundChange = Omit<RefChange, 'seq'>;

/** A ref as it was when we looked last. */
export interface FormerRef extends PointedRef {
  /** Whether somebody deleted it since, whatever is there now. */
  readonly wasDeleted?: boolean;
}

/**
 * What became of refs between two looks: new and moved ones first, then those that are gone. One that
 * was deleted and is there again is gone and new. Takes many turns of the event loop for many refs.
 */
export async function diffRefs(
  before: readonly FormerRef[],
  after: readonly PointedRef[],
): Promise<readonly FoundChange[]> {
  const left = new Map<string, FormerRef>();
  for await (const slice of inSlices(before)) {
    for (const ref of slice) left.set(keyOf(ref), ref);
  }
  const changes: FoundChange[] = [];
  for await (const slice of inSlices(after)) {
    for (const ref of slice) {
      const key = keyOf(ref);
      changes.push(...changesBetween(left.get(key), ref));
      left.delete(key);
    }
  }
  for await (const slice of inSlices([...left.values()])) {
    changes.push(...slice.map(({ type, name }) => ({ type, name })));
  }
  return changes;
}

function changesBetween(before: FormerRef | undefined, after: PointedRef): readonly FoundChange[] {
  const { type, name, commit } = after;
  if (before?.wasDeleted === true)
    return [
      { type, name },
      { type, name, commit },
    ];
  return before?.commit === commit ? [] : [{ type, name, commit }];
}

function keyOf({ type, name }: FoundChange): string {
  return `${type} ${name}`;
}
