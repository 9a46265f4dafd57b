import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clusterEnvironment,
  makeBuildable,
  pushImage,
  startTestServer,
  type TestServer,
} from '#app/testing';
import { makePostgresDatabase, testDialects } from '#platform/db/testing';
import { askHub, type HubRequest } from '../testing/hub-requests.ts';

describe.each(testDialects)('repositories as Docker Hub’s API has them, on %s', (dialect) => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;
  beforeAll(async () => {
    const database = dialect === 'postgres' ? opened.use(await makePostgresDatabase()) : undefined;
    const environment = database === undefined ? {} : clusterEnvironment(database.url);
    server = opened.use(await startTestServer({ environment }));
  });
  afterAll(() => opened.disposeAsync());

  const ask = (path: string, request: HubRequest = {}) =>
    askHub(`${server.url}/v2${path}`, {
      authorization: `Bearer ${server.ada.session}`,
      ...request,
    });
  const asBob = () => ({ authorization: `Bearer ${server.bob.session}` });
  const nobody = { authorization: undefined };
  const create = (name: string, more: object = {}) =>
    ask('/namespaces/ada/repositories', { json: { name, ...more } });
  const patch = (name: string, json: object) =>
    ask(`/repositories/ada/${name}/`, { method: 'PATCH', json });
  const namesOf = async (path: string, request: HubRequest = {}) =>
    (await ask(path, request)).body.results.map((each: { name: string }) => each.name);

  test('one is made, with every key that clients know and no other', async () => {
    const { status, body } = await create('made', {
      namespace: 'ada',
      registry: '',
      description: 'an app',
      full_description: '# An app',
      is_private: true,
    });

    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(status).toBe(201);
    expect(body).toEqual({
      user: 'ada',
      name: 'made',
      namespace: 'ada',
      repository_type: null,
      status: 1,
      status_description: 'active',
      description: 'an app',
      full_description: '# An app',
      is_private: true,
      is_automated: false,
      star_count: 0,
      pull_count: 0,
      last_updated: null,
      last_modified: time,
      date_registered: time,
      collaborator_count: 0,
      affiliation: null,
      hub_user: null,
      has_starred: false,
      permissions: { read: true, write: true, admin: true },
      media_types: [],
      content_types: [],
      categories: [],
      immutable_tags_settings: { enabled: false, rules: [] },
      storage_size: 0,
      source: null,
    });
  });

  test.each([
    '/repositories/ada/shown',
    '/repositories/ada/shown/',
    '/namespaces/ada/repositories/shown',
    '/namespaces/ada/repositories/shown/',
  ])('%s shows it, to whoever may see it', async (path) => {
    await create('shown', { full_description: 'text' });
    await pushImage(server, server.ada, 'ada/shown:latest');

    const own = await ask(path);
    const strangers = await ask(path, nobody);
    const head = await fetch(`${server.url}/v2${path}`, { method: 'HEAD' });

    expect(own.body).toMatchObject({
      name: 'shown',
      full_description: 'text',
      repository_type: 'image',
      last_updated: expect.stringMatching(/\.\d{6}Z$/),
      media_types: ['application/vnd.oci.image.manifest.v1+json'],
      content_types: ['image'],
    });
    expect(own.body.storage_size).toBeGreaterThan(0);
    expect(strangers.body).toEqual({
      ...own.body,
      permissions: { read: true, write: false, admin: false },
    });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('A10 one that may not be seen is as one that is not there', async () => {
    await create('hidden', { is_private: true });

    for (const request of [nobody, asBob()]) {
      for (const method of ['GET', 'HEAD']) {
        for (const family of ['repositories/ada', 'namespaces/ada/repositories']) {
          const answers = [];
          for (const name of ['hidden', 'absent']) {
            const answer = await fetch(`${server.url}/v2/${family}/${name}`, {
              method,
              headers: request.authorization === undefined ? {} : request,
            });
            answers.push([answer.status, (await answer.text()).replaceAll(name, '*')]);
          }
          expect(answers[0]).toEqual(answers[1]);
          expect(answers[0]?.[0]).toBe(404);
          if (method === 'GET') expect(answers[0]?.[1]).toContain('not found');
        }
      }
    }
  });

  describe('a change', () => {
    beforeAll(() => create('changed', { description: 'old' }));

    test.each(['/repositories/ada/changed', '/namespaces/ada/repositories/changed/'])(
      'at %s is answered 200 with what it is now, and leaves alone what it does not name',
      async (path) => {
        const json = { full_description: 'x'.repeat(25_000) };
        const { status, body } = await ask(path, { method: 'PATCH', json });

        expect(status).toBe(200);
        expect(body).toMatchObject({ ...json, description: 'old' });
      },
    );

    test('comes as a form, as scripts send it', async () => {
      const form = { full_description: `# Ünïcode & more\n${'é'.repeat(20_000)}` };
      const { status, body } = await ask('/repositories/ada/changed/', { method: 'PATCH', form });

      expect(status).toBe(200);
      expect(body).toMatchObject({ ...form, description: 'old' });
    });

    test.each([
      ['a description of 101 characters', { description: 'x'.repeat(101) }, 'description'],
      ['a page of 25,001', { full_description: 'x'.repeat(25_001) }, 'full_description'],
      ['being archived', { status: 0 }, 'status'],
    ])('to %s is refused with its field', async (_what, json, field) => {
      const { status, body } = await patch('changed', json);

      expect(status).toBe(400);
      expect(body.fields).toHaveProperty(field);
    });

    test.each([
      ['a list', { description: ['x'] }],
      ['an object', { full_description: { toString: 'x' } }],
      ['a number', { description: 7 }],
      ['a word', { immutable_tags: 'perhaps' }],
      ['rules as a list', { immutable_tags_rules: ['a'] }],
    ])('A44 to %s is refused', async (_what, json) => {
      expect((await patch('changed', json)).status).toBe(400);
    });

    test('is nobody’s but who administers it', async () => {
      const json = { description: 'stolen' };

      const bobs = await ask('/repositories/ada/changed/', { method: 'PATCH', json, ...asBob() });
      const strangers = await ask('/repositories/ada/changed/', {
        method: 'PATCH',
        json,
        ...nobody,
      });

      expect([bobs.status, strangers.status]).toEqual([403, 401]);
    });
  });

  describe('immutable tags', () => {
    const settings = async (json: object) =>
      (await patch('kept', json)).body.immutable_tags_settings;
    beforeAll(() => create('kept'));

    test('are rules joined by commas, in their order, that outlive being switched off', async () => {
      const on = { immutable_tags: true, immutable_tags_rules: '^v,release-.*' };
      const rules = ['^v', 'release-.*'];

      expect(await settings(on)).toEqual({ enabled: true, rules });
      expect(await settings({ immutable_tags: false })).toEqual({ enabled: false, rules });
      expect(await settings({ immutable_tags: true })).toEqual({ enabled: true, rules });
      expect(await settings({ immutable_tags_rules: '^v1' })).toEqual({
        enabled: true,
        rules: ['^v1'],
      });
    });

    test('are set at an address of their own too, with rules in a list', async () => {
      const set = (json: object) =>
        ask('/namespaces/ada/repositories/kept/immutabletags', { method: 'PATCH', json });
      const rules = ['^v', '^1,2$'];

      const { status, body } = await set({ immutable_tags: true, immutable_tags_rules: rules });

      expect(status).toBe(200);
      expect(body.immutable_tags_settings).toEqual({ enabled: true, rules });
      expect((await set({ immutable_tags: true, immutable_tags_rules: '^v' })).status).toBe(400);
    });

    test('are all tags where the one rule is .*, and without any', async () => {
      const all = { enabled: true, rules: ['.*'] };

      expect(await settings({ immutable_tags: true, immutable_tags_rules: '.*' })).toEqual(all);
      expect(await settings({ immutable_tags: true })).toEqual(all);
      expect(await settings({ immutable_tags: true, immutable_tags_rules: '' })).toEqual(all);
    });

    test('A35 take no rule that is no expression, or too large a one', async () => {
      for (const rule of ['(', 'x{1000}'.repeat(4), 'a'.repeat(2_001)]) {
        const on = { immutable_tags: true, immutable_tags_rules: rule };
        expect((await patch('kept', on)).status).toBe(400);
      }
    });
  });

  test('that it is built here is told to those who may see its builds', async () => {
    await makeBuildable(server, 'built');

    const seenBy = async (request: HubRequest) =>
      (await ask('/repositories/ada/built', request)).body.is_automated;

    expect(await seenBy({})).toBe(true);
    expect(await seenBy(asBob())).toBe(false);
    expect(await seenBy(nobody)).toBe(false);
    expect((await ask('/repositories/ada?name=built')).body.results).toMatchObject([
      { name: 'built', is_automated: true },
    ]);
  });

  test('privacy is changed at an address of its own', async () => {
    await create('opened', { is_private: true });

    const { status } = await ask('/repositories/ada/opened/privacy', {
      json: { is_private: false },
    });

    expect(status).toBe(200);
    expect((await ask('/repositories/ada/opened', nobody)).body.is_private).toBe(false);
  });

  test('one that was deleted is gone at every address, and its name free', async () => {
    await create('gone', { full_description: 'its page' });

    const deleted = await ask('/repositories/ada/gone/', { method: 'DELETE' });

    expect(deleted.status).toBe(202);
    expect((await ask('/repositories/ada/gone/')).status).toBe(404);
    expect((await ask('/namespaces/ada/repositories/gone')).status).toBe(404);
    expect((await create('gone')).body.full_description).toBe('');
  });

  test.each([
    ['a name that is taken', 'taken', {}, 409],
    ['a name that can be none', 'No', {}, 400],
    ['another namespace than the address', 'other', { namespace: 'bob' }, 400],
  ])('none is made with %s', async (_what, name, more, status) => {
    await create('taken');

    expect((await create(name, more)).status).toBe(status);
  });

  describe('a list', () => {
    beforeAll(async () => {
      for (const name of ['list-a', 'list-b', 'list-c']) {
        await create(name, { is_private: name === 'list-b' });
        await pushImage(server, server.ada, `ada/${name}:latest`);
      }
    });

    test.each(['/repositories/ada', '/repositories/ada/', '/namespaces/ada/repositories'])(
      'at %s has the keys of Hub’s and no page text',
      async (path) => {
        const { status, body } = await ask(`${path}?name=list-`);

        expect(status).toBe(200);
        expect(Object.keys(body)).toEqual(['count', 'next', 'previous', 'results']);
        expect(body.results[0]).toMatchObject({ namespace: 'ada', is_private: false });
        expect(body.results[0]).not.toHaveProperty('full_description');
      },
    );

    test('is ordered as it is asked for, what was pushed last first', async () => {
      const ordered = (ordering: string) =>
        namesOf(`/repositories/ada?name=list-&ordering=${ordering}`);
      const fromA = ['list-a', 'list-b', 'list-c'];

      expect(await ordered('name')).toEqual(fromA);
      expect(await ordered('-name')).toEqual(fromA.toReversed());
      expect(await ordered('last_updated')).toEqual(fromA.toReversed());
      expect(await ordered('-last_updated')).toEqual(fromA);
      expect(await namesOf('/repositories/ada?name=list-')).toEqual(fromA.toReversed());
      expect((await ask('/repositories/ada?ordering=colour')).body.fields).toHaveProperty(
        'ordering',
      );
    });

    test('is followed page by page to its end, and 404 behind it', async () => {
      const seen: string[] = [];
      let next: string | null =
        `${server.url}/v2/namespaces/ada/repositories?name=list-&page_size=2`;
      while (next !== null) {
        const { body }: { body: { next: string | null; results: { name: string }[] } } =
          await askHub(next, { authorization: server.ada.basic });
        seen.push(...body.results.map(({ name }) => name));
        next = body.next;
      }

      expect(seen).toEqual(['list-c', 'list-b', 'list-a']);
      expect((await ask('/repositories/ada?name=list-&page=2')).status).toBe(404);
      expect((await ask('/repositories/ada?page_size=10000')).status).toBe(200);
    });

    test('A10 counts and holds what the caller may see', async () => {
      const seenBy = async (request: HubRequest) => {
        const { body } = await ask('/repositories/ada?name=list-&ordering=name', request);
        return [body.count, ...body.results.map((each: { name: string }) => each.name)];
      };
      const publicOnly = await server.ada.makeToken('repo:public_read');

      expect(await seenBy({})).toEqual([3, 'list-a', 'list-b', 'list-c']);
      expect(await seenBy(asBob())).toEqual([2, 'list-a', 'list-c']);
      expect(await seenBy(nobody)).toEqual([2, 'list-a', 'list-c']);
      expect(await seenBy({ authorization: publicOnly.basic })).toEqual([2, 'list-a', 'list-c']);
      expect(await seenBy({ authorization: server.administrator.basic })).toHaveLength(4);
      expect((await ask('/repositories/nobody', nobody)).body.results).toEqual([]);
      expect((await ask('/repositories/slipway-cache')).body.count).toBe(0);
    });

    test('filters by a part of the name, literally', async () => {
      expect(await namesOf('/repositories/ada?name=T-b')).toEqual(['list-b']);
      expect(await namesOf('/repositories/ada?name=list_b')).toEqual([]);
      expect(await namesOf('/repositories/ada?name=%25')).toEqual([]);
      expect(await namesOf('/repositories/ada?name=ada')).toEqual([]);
    });

    test.each(['page=0', 'page=-1', 'page=x', 'page=1e99', 'page_size=0', 'page=1&page=2'])(
      'A11 of %s is a wrong request',
      async (query) => {
        expect((await ask(`/repositories/ada?${query}`)).status).toBe(400);
      },
    );

    test('A11 of a page far away costs nothing', async () => {
      const far = await ask(`/repositories/ada?page=${Number.MAX_SAFE_INTEGER}&page_size=100`);

      expect(far.status).toBe(404);
    });
  });

  test('nothing of it was unforeseen', () => {
    expect(server.logger.failures).toEqual([]);
  });
});
