/** A page of at most `limit` items out of `limit + 1` asked for: the last one only says that there is more. */
export function pageAnswer<Item>(
  found: readonly Item[],
  limit: number,
  keyOf: (item: Item) => string,
): { items: Item[]; next?: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: keyOf(last) } : { items };
}
