import { apiErrors } from '../api-errors.ts';

/** The two ways of cutting a list into pages that our APIs have. */
export type PagingKind = keyof typeof pagings;

/** After an item, so that what comes and goes meanwhile neither repeats nor hides others. */
export interface KeysetWindow {
  readonly after: string | undefined;
  /** How many to look for: one more than the page has, which only says that another page follows. */
  readonly take: number;
}

export interface KeysetFound<Item = unknown> {
  readonly items: readonly Item[];
  /** Where the page after this item begins. */
  readonly keyOf: (item: Item) => string;
}

/** By number, with the count of all: Docker Hub's way. */
export interface NumberedWindow {
  readonly offset: number;
  readonly take: number;
}

export interface NumberedFound<Item = unknown> {
  readonly items: readonly Item[];
  readonly count: number;
}

export interface WindowBy {
  readonly keyset: KeysetWindow;
  readonly numbered: NumberedWindow;
}

export interface FoundBy<Item> {
  readonly keyset: KeysetFound<Item>;
  readonly numbered: NumberedFound<Item>;
}

interface Paging<Query, Window, Found> {
  /** Which part of the list a checked query asks for. */
  readonly windowOf: (query: Query) => Window;
  /** The body of the answer. `address` is what was asked, for links to other pages. */
  readonly answer: (found: Found, query: Query, address: URL) => object;
}

interface KeysetQuery {
  readonly after?: string | undefined;
  readonly limit: number;
}

const keyset: Paging<KeysetQuery, KeysetWindow, KeysetFound> = {
  windowOf: ({ after, limit }) => ({ after, take: limit + 1 }),
  answer: ({ items: found, keyOf }, { limit }) => {
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return found.length > limit && last !== undefined ? { items, next: keyOf(last) } : { items };
  },
};

interface NumberedQuery {
  readonly page: number;
  readonly page_size: number;
}

const numbered: Paging<NumberedQuery, NumberedWindow, NumberedFound> = {
  windowOf: ({ page, page_size: take }) => ({ offset: (page - 1) * take, take }),
  answer: ({ items, count }, { page, page_size: size }, address) => {
    if (page > 1 && items.length === 0) {
      throw apiErrors.fail('NOT_FOUND', `page ${page} is not found: the list ends before it`);
    }
    const isLast = page * size >= count;
    return {
      count,
      next: isLast ? null : withPage(address, page + 1),
      previous: page === 1 ? null : withPage(address, page - 1),
      results: [...items],
    };
  },
};

function withPage(address: URL, page: number): string {
  const other = new URL(address);
  other.searchParams.set('page', String(page));
  return other.href;
}

export const pagings = { keyset, numbered };
