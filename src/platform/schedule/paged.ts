/** Items page by page: each page is asked for with the last item of the one before, until one is empty. */
export async function* paged<Item>(
  readPage: (last: Item | undefined) => Promise<readonly Item[]>,
): AsyncGenerator<Item, void> {
  for (let last: Item | undefined; ; ) {
    const page = await readPage(last);
    yield* page;
    last = page.at(-1);
    if (last === undefined) return;
  }
}
