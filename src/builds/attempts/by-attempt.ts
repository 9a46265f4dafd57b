/** What rows of several attempts say, by attempt, in the order of the rows. */
export function byAttempt<Row extends { readonly attempt_id: string }, Item>(
  rows: readonly Row[],
  toItem: (row: Row) => Item,
): ReadonlyMap<string, readonly Item[]> {
  const groups = Map.groupBy(rows, (row) => row.attempt_id);
  return new Map([...groups].map(([id, group]) => [id, group.map(toItem)]));
}
