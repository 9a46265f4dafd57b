import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushImage, startTestServer, type TestServer } from '#app/testing';
import { repositoryOperations as operations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const create = (name: string, more: { isPrivate?: boolean; description?: string } = {}) =>
  server.ada.client.call(operations.create, { body: { name, ...more } });
const at = (name: string, namespace = 'ada') => ({ params: { namespace, name } });

describe('a repository', () => {
  test('is made, shown and changed', async () => {
    const made = await create('ada/app', { description: 'an app' });

    const changed = await server.ada.client.call(operations.update, {
      ...at('app'),
      body: { isPrivate: true, immutability: { mode: 'patterns', patterns: ['^v'] } },
    });
    const shown = await server.ada.client.call(operations.show, at('app'));

    expect(made).toMatchObject({ name: 'ada/app', isPrivate: false, description: 'an app' });
    expect(changed).toMatchObject({ isPrivate: true, description: 'an app' });
    expect(shown).toEqual(changed);
    expect(shown.immutability).toEqual({ mode: 'patterns', patterns: ['^v'] });
  });

  test('with slashes in its name travels with %2F', async () => {
    await create('ada/group/app');

    const shown = await server.ada.client.call(operations.show, at('group/app'));
    const raw = await fetch(`${server.url}/api/v1/repositories/ada/group%2Fapp`);

    expect(shown.name).toBe('ada/group/app');
    expect(raw.status).toBe(200);
  });

  test.each([
    ['with a name that is taken', 'ada/taken', 409, 'REPOSITORY_TAKEN'],
    ['with a name that can be none', 'ada/No', 400, 'NAME_INVALID'],
    ['without a namespace', 'app', 400, 'NAME_INVALID'],
    ['in somebody else’s namespace', 'bob/app', 403, 'ACCESS_DENIED'],
    ['in a namespace that is not there', 'nobody/app', 403, 'ACCESS_DENIED'],
  ] as const)('is refused %s', async (_case, name, status, code) => {
    await create('ada/taken').catch(() => undefined);

    await expect(create(name)).rejects.toMatchObject({ status, code });
  });

  test('with a pattern that is no expression is told which field', async () => {
    await create('ada/patterns');

    const change = server.ada.client.call(operations.update, {
      ...at('patterns'),
      body: { immutability: { mode: 'patterns', patterns: ['('] } },
    });

    await expect(change).rejects.toMatchObject({
      status: 400,
      code: 'PATTERNS_INVALID',
      facts: { field: 'patterns' },
    });
  });
});

test('A10 lists hold what the caller may read, page by page, each once', async () => {
  await using own = await startTestServer();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await own.ada.client.call(operations.create, {
      body: { name: `ada/${name}`, isPrivate: name === 'c' },
    });
  }
  const readAll = async (client: typeof own.anonymous) => {
    const names: string[] = [];
    let after: string | undefined;
    do {
      const query = { limit: 2, ...(after === undefined ? {} : { after }) };
      const page = await client.call(operations.list, { query });
      expect(page.items.length).toBeLessThanOrEqual(2);
      names.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    return names;
  };

  expect(await readAll(own.ada.client)).toEqual(['ada/a', 'ada/b', 'ada/c', 'ada/d', 'ada/e']);
  expect(await readAll(own.bob.client)).toEqual(['ada/a', 'ada/b', 'ada/d', 'ada/e']);
  expect(await readAll(own.anonymous)).toEqual(['ada/a', 'ada/b', 'ada/d', 'ada/e']);
});

test('tags are listed by name in pages, with what they point to', async () => {
  const tags = ['1.0', '1.1', 'latest'];
  const digests = [];
  for (const tag of tags) digests.push(await pushImage(server, server.ada, `ada/tagged:${tag}`));

  const first = await server.ada.client.call(operations.listTags, {
    ...at('tagged'),
    query: { limit: 2 },
  });
  const rest = await server.ada.client.call(operations.listTags, {
    ...at('tagged'),
    query: { limit: 2, after: first.next ?? '' },
  });

  expect([...first.items, ...rest.items].map(({ tag }) => tag)).toEqual(tags);
  expect([...first.items, ...rest.items].map(({ digest }) => digest)).toEqual(digests);
  expect(rest.next).toBeUndefined();
});
