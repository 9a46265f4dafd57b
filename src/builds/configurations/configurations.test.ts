import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nobody, type Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, repositoryName, rule, source } from '../testing/builds-fixture.ts';
import type { ConfigurationInput } from './configuration.ts';
import type { Configurations } from './configurations.ts';

const nameDefaultBranch = statement("update source set default_branch = 'trunk'");

describe.each(testDialects)('build configurations in %s', (dialect) => {
  let room: BuildsFixture;
  let configurations: Configurations;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
    configurations = room.builds.configurations;
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const save = (input: Partial<ConfigurationInput> = {}) =>
    configurations.save(room.acme, repositoryName, { autotest: 'off', variables: [], ...input });
  const show = () => configurations.show(room.acme, repositoryName);

  test('SET-12 SET-14 a first configuration builds the default branch as latest, untested', async () => {
    await room.database.transact((tx) => tx.run(nameDefaultBranch));

    const { startedBuilds, ...configuration } = await save();

    expect(configuration).toMatchObject({
      source,
      autotest: 'off',
      version: 1,
      rules: [{ source: 'trunk', dockerTags: 'latest', autobuild: true, caching: true }],
      variables: [],
    });
    expect(startedBuilds).toEqual([]);
    expect(await show()).toEqual(configuration);
  });

  test('SET-14 before the source has a branch, main is the default', async () => {
    const configuration = await save();

    expect(configuration.rules).toMatchObject([{ source: 'main' }]);
  });

  test('SET-16 SET-17 SET-53 AUT-05 rules are replaced, in order, and those that stay keep their numbers', async () => {
    const first = await save({
      rules: [rule({ source: 'main' }), rule({ source: 'dev', dockerTags: 'dev' })],
    });
    const second = await save({
      rules: [
        rule({ source: 'v1', sourceType: 'tag', dockerTags: 'one' }),
        rule({ source: 'dev', dockerTags: 'dev' }),
      ],
    });

    expect(second.rules.map(({ source }) => source)).toEqual(['v1', 'dev']);
    expect(first.rules.map(({ number }) => number)).toEqual([1, 2]);
    expect(second.rules.map(({ number }) => number)).toEqual([3, 2]);
    expect(second.version).toBe(2);
  });

  test('rules that are left out stay as they are', async () => {
    const first = await save({ rules: [rule({ source: 'dev' })] });

    expect((await save({ autotest: 'internal' })).rules).toEqual(first.rules);
  });

  test('SET-19 SET-23 every rule has toggles of its own', async () => {
    const configuration = await save({
      rules: [rule({ source: 'a', autobuild: false }), rule({ source: 'b', caching: false })],
    });

    expect(configuration.rules).toMatchObject([
      { autobuild: false, caching: true },
      { autobuild: true, caching: false },
    ]);
  });

  test('SET-28 saving starts nothing', async () => {
    await save();

    expect(await room.listBuilds()).toEqual([]);
  });

  test('a rule that can not be used changes nothing', async () => {
    await save();
    const before = await show();

    await expect(
      save({ autotest: 'internal', rules: [rule({ source: '/(/' })] }),
    ).rejects.toMatchObject({
      code: 'RULE_INVALID',
    });
    expect(await show()).toEqual(before);
  });

  test('SET-34 SET-51 single rules are added, changed and removed', async () => {
    const { rules } = await save();
    const added = await configurations.addRule(
      room.acme,
      repositoryName,
      rule({ source: 'v1', sourceType: 'tag', dockerTags: 'one' }),
    );

    const changed = await configurations.updateRule(room.acme, repositoryName, {
      number: added.number,
      dockerfile: 'svc/Dockerfile',
    });
    await configurations.removeRule(room.acme, repositoryName, rules[0]?.number ?? 0);

    expect(changed).toEqual({ ...added, dockerfile: 'svc/Dockerfile' });
    expect(await show()).toMatchObject({ version: 4, rules: [changed] });
  });

  test('rules are numbered in each repository, and no number is given twice', async () => {
    const { name: other } = await room.repositories.create(room.acme, { name: 'acme/other' });
    const add = (name: RepositoryName, source: string) =>
      configurations.addRule(room.acme, name, rule({ source, dockerTags: source }));
    const numbers: number[] = [];
    for (const source of ['a', 'b', 'c']) numbers.push((await add(repositoryName, source)).number);
    await configurations.removeRule(room.acme, repositoryName, 3);
    numbers.push((await add(repositoryName, 'd')).number);
    await configurations.remove(room.acme, repositoryName);
    numbers.push((await add(repositoryName, 'e')).number);

    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect((await add(other, 'main')).number).toBe(1);
  });

  test('a rule that can not be used is called by its number, and a new one by the next', async () => {
    const add = (source: string) =>
      configurations.addRule(room.acme, repositoryName, rule({ source, dockerTags: source }));
    for (const source of ['a', 'b', 'c']) await add(source);
    await configurations.removeRule(room.acme, repositoryName, 1);
    const change = { number: 3, source: '/(/' };

    await expect(
      configurations.updateRule(room.acme, repositoryName, change),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^rule 3, source/),
      detail: { rule: 3 },
    });
    await expect(add('/)/')).rejects.toThrow(/^rule 4, source/);
    const { refs } = await configurations.testRules(room.acme, repositoryName, {
      refs: [{ type: 'branch', name: 'c' }],
    });
    expect(refs).toMatchObject([{ rule: 3, text: 'rule 3 builds c' }]);
  });

  test('what is not there is named', async () => {
    const change = { number: 99, caching: false };
    const update = () => configurations.updateRule(room.acme, repositoryName, change);

    await expect(update()).rejects.toMatchObject({ code: 'CONFIGURATION_UNKNOWN' });
    await save();
    await expect(update()).rejects.toMatchObject({ code: 'RULE_UNKNOWN' });
  });

  test('SET-44 SET-45 variables are kept, and a value that is left out stays', async () => {
    await save({
      variables: [
        { name: 'TOKEN', value: 'secret\nof two lines\n' },
        { name: 'OLD', value: 'x' },
      ],
    });
    await save({ variables: [{ name: 'TOKEN' }, { name: 'NEW', value: '' }] });

    expect((await show()).variables).toEqual([
      { name: 'NEW', value: '' },
      { name: 'TOKEN', value: 'secret\nof two lines\n' },
    ]);
  });

  test('A36 SET-48 no value of a variable lies in the database in clear, keys among them', async () => {
    const variables = ['TOKEN', 'SSH_PRIVATE'].map((name) => ({ name, value: 'very-secret' }));
    await save({ variables });

    const rows = await room.database.read((tx) =>
      tx.all(statement<[], { sealed_value: string }>('select sealed_value from build_variable')),
    );

    expect(rows).toHaveLength(2);
    for (const { sealed_value: stored } of rows) {
      expect(stored).not.toContain('very-secret');
      expect(Buffer.from(stored.slice('v1.'.length), 'base64url').toString('latin1')).not.toContain(
        'very-secret',
      );
    }
  });

  test.for([
    [[{ name: '1X', value: '' }], 'begin with no digit'],
    [[{ name: 'A-B', value: '' }], 'letters, digits and _'],
    [
      [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
      'given twice',
    ],
    [[{ name: 'A' }], 'no value yet'],
    [[{ name: 'A', value: 'x'.repeat(65_537) }], 'at most 65536 bytes'],
    [[{ name: 'A', value: '\0' }], 'zero byte'],
    [[{ name: 'IMAGE_NAME', value: 'x' }], 'build variable IMAGE_NAME: every build sets it'],
    [[{ name: 'CACHE_TAG', value: '' }], 'take another name'],
  ] as const)('variables %j are refused: %s', async ([variables, problem]) => {
    await expect(save({ variables })).rejects.toMatchObject({
      code: 'VARIABLE_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  test('the Dockerfile’s path is a variable that people may set', async () => {
    const variables = [{ name: 'DOCKERFILE_PATH', value: '' }];

    expect((await save({ variables })).variables).toEqual(variables);
  });

  test('variables are no more together than a program can be started with, kept ones among them', async () => {
    const large = Array.from({ length: 10 }, (_, index) => ({
      name: `V${index}`,
      value: 'x'.repeat(60_000),
    }));
    const more = large.map(({ name, value }) => ({ name: `W${name}`, value }));
    await save({ variables: large });

    const late = save({ variables: [...large.map(({ name }) => ({ name })), ...more] });

    await expect(late).rejects.toMatchObject({
      code: 'VARIABLE_INVALID',
      message: expect.stringContaining('at most 1048576 bytes together'),
    });
  });

  test('a configuration is removed, builds stay', async () => {
    await save();
    await room.pushBranch('main', 'a'.repeat(40));

    const remove = () => configurations.remove(room.acme, repositoryName);
    await remove();

    await expect(remove()).rejects.toMatchObject({ code: 'CONFIGURATION_UNKNOWN' });
    await expect(show()).rejects.toMatchObject({ code: 'CONFIGURATION_UNKNOWN' });
    expect(await room.listBuilds()).toHaveLength(1);
  });

  test('several people who save at once leave one whole configuration', async () => {
    await save();

    await Promise.all(
      ['a', 'b', 'c', 'd'].map((source) =>
        save({ rules: [rule({ source }), rule({ source: `${source}2`, dockerTags: source })] }),
      ),
    );

    const { rules } = await show();
    expect(rules).toHaveLength(2);
    expect(rules[1]?.source).toBe(`${rules[0]?.source}2`);
  });

  test('the first rule sets builds up, and the next is added to it', async () => {
    const add = (source: string) =>
      configurations.addRule(room.acme, repositoryName, rule({ source, dockerTags: source }));

    const rules = [await add('main'), await add('dev')];

    expect(await show()).toMatchObject({ version: 2, autotest: 'off', rules, variables: [] });
  });

  test('a save that was made for another version changes nothing', async () => {
    const { version } = await save();
    await configurations.addRule(room.acme, repositoryName, rule({ source: 'dev' }));
    const before = await show();

    const late = save({ version, variables: [{ name: 'TOKEN', value: 'x' }] });

    await expect(late).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
    await expect(save({ version: 0 })).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
    await expect(save({ version: 99 })).rejects.toMatchObject({ code: 'CONFIGURATION_CHANGED' });
    expect(await show()).toEqual(before);
    expect((await save({ version: before.version })).version).toBe(before.version + 1);
  });

  test('of several saves for the same version one is made', async () => {
    const { version } = await save();

    const saves = await Promise.allSettled(
      ['a', 'b', 'c'].map((source) => save({ version, rules: [rule({ source })] })),
    );

    expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await show()).version).toBe(version + 1);
  });

  test('a source that is new is stored with the configuration, or not at all', async () => {
    const other = { provider: 'embedded', name: 'acme/other' } as const;
    const count = statement<[], { count: number }>('select count(*) as count from source');
    const sources = async () => (await room.database.read((tx) => tx.first(count)))?.count;

    const refused = save({ source: other, variables: [{ name: 'LOST' }] });

    await expect(refused).rejects.toMatchObject({ code: 'VARIABLE_INVALID' });
    expect(await sources()).toBe(1);
    expect((await save({ source: other })).source).toMatchObject(other);
    expect(await sources()).toBe(2);
    expect((await save()).source).toMatchObject(other);
  });

  test('A5 a source of somebody else is refused, and the field is named', async () => {
    const bob = await room.addPerson('bob');
    const source = { provider: 'embedded', name: `${bob.name}/app` } as const;

    await expect(save({ source })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      detail: { field: 'source.repository' },
    });
  });

  test('SET-47 values of variables are shown to those with admin access, names to those who were given any', async () => {
    const variables = [{ name: 'TOKEN', value: 'secret' }];
    await save({ variables });
    const credential = { kind: 'pat', id: 'x', scope: 'repo:write' } as const;
    const seenBy = async (principal: Principal) =>
      (await configurations.show(principal, repositoryName)).variables;

    expect(await seenBy(room.acme)).toEqual(variables);
    expect(await seenBy({ ...room.acme, credential })).toEqual([{ name: 'TOKEN' }]);
    await expect(seenBy(await room.addPerson('bob'))).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    await expect(seenBy(nobody)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
