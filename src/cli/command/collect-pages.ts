import type { OptionTable } from './command.ts';
import { parseNumber } from './operands.ts';
import { usage } from './parse-command-line.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string | undefined;
}

export const limitOption = {
  limit: { type: 'string', value: 'N', meaning: 'show at most so many (30 by default)' },
} as const satisfies OptionTable;

const longestPage = 100;

/** As many items as `--limit` asks for, page after page. */
export async function collectPages<Item>(
  limit: string | undefined,
  fetchPage: (query: { limit: number; after?: string }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const wanted = limit === undefined ? 30 : parseNumber(limit, '--limit');
  if (wanted === 0) throw usage('--limit is at least 1');
  const items: Item[] = [];
  let next: string | undefined;
  do {
    const query = {
      limit: Math.min(wanted - items.length, longestPage),
      ...(next && { after: next }),
    };
    const page = await fetchPage(query);
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined && items.length < wanted);
  return { items, ...(next && { next }) };
}
