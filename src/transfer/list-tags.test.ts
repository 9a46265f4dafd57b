import { expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { createRegistryClient } from './create-registry-client.ts';
import { type OddAnswer, refusal, startOddRegistry } from './testing/odd-registry.ts';

type Pages = Readonly<Record<string, OddAnswer>>;

/** The tags of a registry with these pages, and what it was asked for. */
async function list(pages: Pages, most = Number.POSITIVE_INFINITY) {
  await using registry = await startOddRegistry(
    ({ line }) => pages[line.slice('GET '.length)] ?? { status: 500 },
  );
  await using client = createRegistryClient({ registry: registry.url, clock: systemClock });
  const tags: string[] = [];
  for await (const tag of client.repository('team/app').listTags()) {
    tags.push(tag);
    if (tags.length === most) break;
  }
  return { tags, requests: registry.seen.length };
}

function page(tags: unknown, next?: string): OddAnswer {
  const headers = next === undefined ? {} : { link: `<${next}>; rel="next"` };
  return { body: JSON.stringify({ name: 'team/app', tags }), headers };
}

const first = '/v2/team/app/tags/list?n=1000';

test('tags come page by page, whatever host the pages are linked at', async () => {
  const { tags } = await list({
    [first]: page(['a', 'b'], '/v2/team/app/tags/list?n=1000&last=b'),
    '/v2/team/app/tags/list?n=1000&last=b': page(['c'], 'http://inside:5000/v2/other?x=1'),
    '/v2/other?x=1': page(['d']),
  });

  expect(tags).toEqual(['a', 'b', 'c', 'd']);
});

test('no page is asked for before somebody wants its tags', async () => {
  const { tags, requests } = await list({ [first]: page(['a', 'b'], first) }, 2);

  expect(tags).toEqual(['a', 'b']);
  expect(requests).toBe(1);
});

test.each([[null], [[]], [undefined]])('%j is a list without tags', async (none) => {
  expect((await list({ [first]: page(none) })).tags).toEqual([]);
});

test('a repository that is not there has no list, which is not an empty one', async () => {
  const listing = list({ [first]: refusal(404, 'NAME_UNKNOWN', 'no such repository') });

  await expect(listing).rejects.toMatchObject({
    code: 'REPOSITORY_UNKNOWN',
    detail: { repository: 'team/app' },
  });
});

test.each<readonly [string, Pages]>([
  ['leads back to itself', { [first]: page(['a'], first) }],
  ['has what is no tag', { [first]: page(['a', '../b']) }],
  ['has what is no text', { [first]: page([7]) }],
  ['is no list', { [first]: page({ a: 1 }) }],
  ['is no JSON', { [first]: { body: '<html>' } }],
  ['has no end', { [first]: { body: Buffer.alloc(17 * 1024 * 1024, ' ') } }],
])('a list that %s is none', async (_, pages) => {
  await expect(list(pages)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
});
