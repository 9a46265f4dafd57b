/** Rewrites `?` to `$1`, `$2`, … as PostgreSQL wants it. Statements hold no `?` in text literals. */
export function numberedParameters(text: string): string {
  let number = 0;
  return text.replaceAll('?', () => {
    number += 1;
    return `$${number}`;
  });
}
