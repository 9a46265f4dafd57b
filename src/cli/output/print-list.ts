import type { Page } from '../command/collect-pages.ts';
import { type CommandContext, print } from '../command/command-context.ts';
import { formatTable } from './table.ts';

export interface ListColumns<Item> {
  readonly headings: readonly string[];
  readonly row: (item: Item) => readonly string[];
  /** What is said where there is nothing to list. */
  readonly empty: string;
}

/** Prints a table, or with `--json` the page as the API gave it. */
export function printList<Item>(
  context: CommandContext,
  page: Page<Item>,
  { headings, row, empty }: ListColumns<Item>,
): void {
  print(context, page, () =>
    page.items.length === 0 ? empty : formatTable(headings, page.items.map(row)),
  );
  if (!context.json && page.next !== undefined) {
    context.progress.line('(there are more: raise --limit)');
  }
}
