import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushSource, startTestServer, type TestServer } from '#app/testing';
import {
  type BuildConfigurationInput,
  buildOperations,
  buildConfigurationOperations as operations,
  repositoryOperations,
} from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const at = (name: string) => ({ params: { namespace: 'ada', name } });
const create = (name: string) =>
  server.ada.client.call(repositoryOperations.create, { body: { name: `ada/${name}` } });
const save = (name: string, body: BuildConfigurationInput, build: 'true' | 'false' = 'false') =>
  server.ada.client.call(operations.save, { ...at(name), body, query: { build } });
const show = (name: string) => server.ada.client.call(operations.show, at(name));
const listBuilds = async (name: string) =>
  (await server.ada.client.call(buildOperations.list, at(name))).items;
const latest = { source: 'main', dockerTags: 'latest' };

describe('a build configuration', () => {
  test('that is not there is told as such', async () => {
    await create('none');

    await expect(show('none')).rejects.toMatchObject({
      status: 404,
      code: 'CONFIGURATION_UNKNOWN',
      message: expect.stringContaining('save a build configuration'),
    });
  });

  test('SET-28 is saved with its source, and builds nothing', async () => {
    await create('saved');
    await save('saved', { rules: [latest] });
    await pushSource(server, server.ada, { name: 'ada/saved', refs: ['refs/heads/other'] });

    const answer = await save('saved', { rules: [latest], autotest: 'internal' });

    expect(answer.startedBuilds).toEqual([]);
    expect(await listBuilds('saved')).toEqual([]);
    expect(await show('saved')).toMatchObject({
      autotest: 'internal',
      source: {
        provider: 'embedded',
        repository: 'ada/saved',
        cloneUrl: `${server.url}/git/ada/saved.git`,
      },
    });
  });

  test('SET-50 needs a ref and a docker tag; the rest has defaults', async () => {
    await create('least');

    const { rules } = await save('least', { rules: [latest] });

    expect(rules).toEqual([
      {
        number: 1,
        sourceType: 'branch',
        ...latest,
        buildContext: '/',
        dockerfile: '/',
        autobuild: true,
        caching: true,
      },
    ]);
  });

  test('SET-29 that is saved with a trial builds literal rules, and no patterns', async () => {
    await create('trial');
    await save('trial', { rules: [latest] });
    await pushSource(server, server.ada, { name: 'ada/trial', refs: ['refs/tags/v1'] });
    await pushSource(server, server.ada, { name: 'ada/trial', refs: ['refs/heads/dev'] });
    const rules = [
      { source: 'dev', dockerTags: 'dev', autobuild: false },
      { sourceType: 'tag', source: '/^v(.*)$/', dockerTags: '{\\1}' },
    ] as const;

    const { startedBuilds } = await save('trial', { rules: [...rules] }, 'true');

    const builds = await listBuilds('trial');
    expect(builds.map(({ id }) => id)).toEqual(startedBuilds);
    expect(builds).toMatchObject([{ tags: ['dev'], cause: 'save', state: 'pending' }]);
  });

  test('replaces the one before it', async () => {
    await create('replaced');
    await save('replaced', { rules: [latest, { source: 'dev', dockerTags: 'dev' }] });

    const { rules } = await save('replaced', { rules: [{ source: 'next', dockerTags: 'next' }] });

    expect(rules.map(({ source }) => source)).toEqual(['next']);
  });

  test('is replaced only at the version that was read, where that is said', async () => {
    await create('versioned');
    const { version } = await save('versioned', { rules: [latest] });
    await save('versioned', { version, autotest: 'internal' });

    await expect(save('versioned', { version, variables: [] })).rejects.toMatchObject({
      status: 409,
      code: 'CONFIGURATION_CHANGED',
      message: expect.stringContaining('read it again'),
    });
    expect(await show('versioned')).toMatchObject({ version: version + 1, autotest: 'internal' });
  });

  test('is removed, and the repository stays', async () => {
    await create('removed');
    await save('removed', { rules: [latest] });

    await server.ada.client.call(operations.remove, at('removed'));

    await expect(show('removed')).rejects.toMatchObject({ code: 'CONFIGURATION_UNKNOWN' });
    await server.ada.client.call(repositoryOperations.show, at('removed'));
  });

  test.each([
    ['a pattern that is no expression', { source: '/(/', dockerTags: 'x' }, 'source'],
    ['a template that can be no tag', { source: 'main', dockerTags: '-no' }, 'dockerTags'],
    ['a group that the pattern has not', { source: '/v/', dockerTags: '{\\1}' }, 'dockerTags'],
    ['a context outside the source', { ...latest, buildContext: '../x' }, 'buildContext'],
  ] as const)('with %s is refused, and names rule and field', async (_case, rule, field) => {
    await create('wrong').catch(() => undefined);

    await expect(save('wrong', { rules: [latest, rule] })).rejects.toMatchObject({
      status: 400,
      code: 'RULE_INVALID',
      facts: { rule: 2, field },
    });
  });

  test('A11 with more than a hundred rules is refused', async () => {
    await create('many');
    const rules = Array.from({ length: 101 }, () => latest);

    await expect(save('many', { rules })).rejects.toMatchObject({
      status: 400,
      facts: { fields: [{ field: 'rules' }] },
    });
  });

  test('A5 takes no source of somebody else', async () => {
    await create('thief');
    const source = { provider: 'embedded', repository: 'bob/app' } as const;

    await expect(save('thief', { source, rules: [latest] })).rejects.toMatchObject({
      status: 403,
      facts: { field: 'source.repository' },
    });
  });
});

describe('build variables', () => {
  const variables = [
    { name: 'GREETING', value: 'hello' },
    { name: 'TOKEN', value: 'the secret' },
  ];

  test('SET-44 are kept by name and value', async () => {
    await create('variables');

    await save('variables', { rules: [latest], variables });

    expect((await show('variables')).variables).toEqual(variables);
  });

  test('SET-45 change when their value is given, stay when it is left out, go when they are', async () => {
    await create('changing');
    await save('changing', { rules: [latest], variables });

    await save('changing', { rules: [latest], variables: [{ name: 'TOKEN' }] });
    const kept = await show('changing');
    await save('changing', { rules: [latest], variables: [{ name: 'TOKEN', value: 'new' }] });
    const changed = await show('changing');

    expect(kept.variables).toEqual([{ name: 'TOKEN', value: 'the secret' }]);
    expect(changed.variables).toEqual([{ name: 'TOKEN', value: 'new' }]);
  });

  test('without a value that is stored are refused, by name', async () => {
    await create('valueless');

    const call = save('valueless', { rules: [latest], variables: [{ name: 'LOST' }] });

    await expect(call).rejects.toMatchObject({
      code: 'VARIABLE_INVALID',
      facts: { field: 'variables', name: 'LOST' },
    });
  });

  test('SET-48 are in no build, list or delivery that readers see', async () => {
    await create('hidden');
    await save('hidden', { rules: [latest], variables });
    await pushSource(server, server.ada, { name: 'ada/hidden', refs: ['refs/heads/main'] });
    await expect.poll(() => listBuilds('hidden')).toHaveLength(1);

    const [build] = await listBuilds('hidden');
    const report = await server.ada.client.call(buildOperations.show, {
      params: { buildId: build?.id ?? 0 },
    });
    const deliveries = await server.ada.client.call(buildOperations.deliveries, at('hidden'));

    expect(JSON.stringify([build, report, deliveries])).not.toContain('the secret');
  });
});

describe('a build rule', () => {
  test('that is the first one sets automated builds up', async () => {
    await create('first');

    const rule = await server.ada.client.call(operations.addRule, { ...at('first'), body: latest });

    expect(await show('first')).toMatchObject({ rules: [rule], autotest: 'off' });
  });

  test('is added to others, changed in part, and removed', async () => {
    await create('several');
    await save('several', { rules: [latest] });
    const { client } = server.ada;

    const body = { sourceType: 'tag', source: 'v1', dockerTags: 'one' } as const;
    const added = await client.call(operations.addRule, { ...at('several'), body });
    const params = { ...at('several').params, rule: added.number };
    const changed = await client.call(operations.updateRule, {
      params,
      body: { dockerTags: 'two', autobuild: false },
    });
    const both = (await show('several')).rules;
    await client.call(operations.removeRule, { params });

    expect(changed).toEqual({ ...added, dockerTags: 'two', autobuild: false });
    expect(both).toHaveLength(2);
    expect((await show('several')).rules).toMatchObject([latest]);
  });

  test('A5 of another repository is not found by its number', async () => {
    await create('mine');
    await create('other');
    const { rules } = await save('other', {
      rules: [latest, { source: 'dev', dockerTags: 'dev' }],
    });
    await save('mine', { rules: [latest] });

    const params = { ...at('mine').params, rule: rules[1]?.number ?? 0 };
    const change = server.ada.client.call(operations.updateRule, { params, body: {} });

    await expect(change).rejects.toMatchObject({ status: 404, code: 'RULE_UNKNOWN' });
  });
});

describe('the rule tester', () => {
  test('tells what given rules would do with given refs, and builds nothing', async () => {
    await create('tested');
    const rules = [{ sourceType: 'tag', source: '/^v([0-9.]+)$/', dockerTags: '{\\1}' } as const];
    const refs = ['v1.2', 'nightly'].map((name) => ({ type: 'tag', name }) as const);

    const report = await server.ada.client.call(operations.testRules, {
      ...at('tested'),
      body: { rules, refs },
    });

    expect(report.refs).toMatchObject([
      { name: 'v1.2', outcome: 'builds', tags: ['1.2'], matched: { start: 0, end: 4 } },
      { name: 'nightly', outcome: 'nothing', tags: [] },
    ]);
    expect(await listBuilds('tested')).toEqual([]);
  });

  test('A35 a pattern that would freeze the server is refused, and tried for nobody else', async () => {
    await create('tested-hostile');
    const rules = [{ source: `/${'(?:.?){1000}'.repeat(20)}/`, dockerTags: 'x' }];
    const refs = Array.from({ length: 200 }, () => ({
      type: 'branch' as const,
      name: 'x'.repeat(255),
    }));
    const testAs = (client: typeof server.ada.client) =>
      client.call(operations.testRules, { ...at('tested-hostile'), body: { rules, refs } });

    await expect(testAs(server.bob.client)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await expect(testAs(server.ada.client)).rejects.toMatchObject({
      status: 400,
      code: 'RULE_INVALID',
      message: expect.stringMatching(/^rule 1, source: the pattern is too large: it compiles to/),
    });
  });

  test('takes the stored rules and the refs that the source has', async () => {
    await create('stored');
    await save('stored', { rules: [latest] });
    await pushSource(server, server.ada, {
      name: 'ada/stored',
      refs: ['refs/heads/main', 'refs/heads/dev'],
    });

    const test = () => server.ada.client.call(operations.testRules, { ...at('stored'), body: {} });
    await expect.poll(async () => (await test()).refs).toHaveLength(2);

    expect((await test()).refs).toMatchObject([
      { name: 'dev', outcome: 'nothing' },
      { name: 'main', outcome: 'builds', tags: ['latest'] },
    ]);
  });

  test('names the rule that is wrong', async () => {
    await create('tested-wrong');

    const call = server.ada.client.call(operations.testRules, {
      ...at('tested-wrong'),
      body: { rules: [{ source: '/(/', dockerTags: 'x' }], refs: [] },
    });

    await expect(call).rejects.toMatchObject({ code: 'RULE_INVALID', facts: { field: 'source' } });
  });
});
