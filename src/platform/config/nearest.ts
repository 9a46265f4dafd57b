/** The candidate that takes the fewest edits to become; candidates are not empty. */
export function nearest(name: string, candidates: readonly string[]): string {
  const scored = candidates.map((candidate) => ({
    candidate,
    edits: editDistance(name, candidate),
  }));
  scored.sort((a, b) => a.edits - b.edits);
  return scored[0]?.candidate ?? '';
}

/** How many letters must be added, dropped or replaced to turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
