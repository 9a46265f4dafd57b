import type { PointedRef } from './provider.ts';
import type { RefChange } from './ref-changes.ts';

/** A change that has no place in the ref log yet. */
export type FoundChange = Omit<RefChange, 'seq'>;

/** What became of refs between two looks: new and moved ones first, then those that are gone. */
export function diffRefs(
  before: readonly PointedRef[],
  after: readonly PointedRef[],
): readonly FoundChange[] {
  const known = new Map(before.map((ref) => [keyOf(ref), ref]));
  const moved = after.filter((ref) => known.get(keyOf(ref))?.commit !== ref.commit);
  const present = new Set(after.map(keyOf));
  const gone = before.filter((ref) => !present.has(keyOf(ref)));
  return [
    ...moved.map(({ type, name, commit }) => ({ type, name, commit })),
    ...gone.map(({ type, name }) => ({ type, name })),
  ];
}

function keyOf({ type, name }: FoundChange): string {
  return `${type} ${name}`;
}
