/**
 * A page whose part between `<!-- name:begin -->` and `<!-- name:end -->` is what code renders; the
 * rest is written by hand. A page that has no such part yet gets it at its end.
 */
export function withRenderedSection(page: string, name: string, rendered: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const section = `${begin}\n${rendered}\n${end}`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${section}\n`;
  return page.slice(0, from) + section + page.slice(to + end.length);
}
