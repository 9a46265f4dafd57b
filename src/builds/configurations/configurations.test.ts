import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import {
  BuildsFixture,
  repositoryId,
  repositoryName,
  rule,
  sourceId,
} from '../testing/builds-fixture.ts';
import type { ConfigurationInput } from './configuration.ts';
import type { Configurations } from './configurations.ts';

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
    configurations.save({
      repositoryId,
      repositoryName,
      sourceId,
      defaultBranch: 'trunk',
      autotest: 'off',
      variables: [],
      ...input,
    });

  test('SET-12 SET-14 a first configuration builds the default branch as latest, untested', async () => {
    const configuration = await save();

    expect(configuration).toMatchObject({
      autotest: 'off',
      version: 1,
      rules: [{ source: 'trunk', dockerTags: 'latest', autobuild: true, caching: true }],
    });
    expect(await configurations.find(repositoryId)).toEqual(configuration);
  });

  test('SET-14 before the source has a branch, main is the default', async () => {
    const configuration = await save({ defaultBranch: undefined });

    expect(configuration.rules).toMatchObject([{ source: 'main' }]);
  });

  test('SET-16 SET-17 SET-53 AUT-05 rules are replaced, in order, and those that stay keep their ids', async () => {
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
    expect(second.rules[1]?.id).toBe(first.rules[1]?.id);
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
    const before = await save();

    await expect(
      save({ autotest: 'internal', rules: [rule({ source: '/(/' })] }),
    ).rejects.toMatchObject({
      code: 'RULE_INVALID',
    });
    expect(await configurations.find(repositoryId)).toEqual(before);
  });

  test('SET-34 SET-51 single rules are added, changed and removed', async () => {
    const { rules } = await save();
    const added = await configurations.addRule(
      repositoryId,
      rule({ source: 'v1', sourceType: 'tag', dockerTags: 'one' }),
    );

    const changed = await configurations.updateRule(repositoryId, added.id, {
      dockerfile: 'svc/Dockerfile',
    });
    await configurations.removeRule(repositoryId, rules[0]?.id ?? 0);

    expect(changed).toEqual({ ...added, dockerfile: 'svc/Dockerfile' });
    expect(await configurations.find(repositoryId)).toMatchObject({ version: 4, rules: [changed] });
  });

  test('what is not there is named', async () => {
    const update = () => configurations.updateRule(repositoryId, 99, { caching: false });

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

    expect(await configurations.variables(repositoryId)).toEqual([
      { name: 'NEW', value: '' },
      { name: 'TOKEN', value: 'secret\nof two lines\n' },
    ]);
    expect(await configurations.variableNames(repositoryId)).toEqual(['NEW', 'TOKEN']);
  });

  test('SET-48 no value lies in the database in clear', async () => {
    await save({ variables: [{ name: 'TOKEN', value: 'very-secret' }] });

    const rows = await room.database.read((tx) =>
      tx.all(statement<[], { sealed_value: string }>('select sealed_value from build_variable')),
    );

    expect(rows).toHaveLength(1);
    expect(rows[0]?.sealed_value).not.toContain('very-secret');
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
  ] as const)('variables %j are refused: %s', async ([variables, problem]) => {
    await expect(save({ variables })).rejects.toMatchObject({
      code: 'VARIABLE_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  test('a configuration is removed, builds stay', async () => {
    await save();
    await room.pushBranch('trunk', 'a'.repeat(40));

    const removed = [
      await configurations.remove(repositoryId),
      await configurations.remove(repositoryId),
    ];

    expect(removed).toEqual([true, false]);
    expect(await configurations.find(repositoryId)).toBeUndefined();
    expect(await room.listBuilds()).toHaveLength(1);
  });

  test('several people who save at once leave one whole configuration', async () => {
    await save();

    await Promise.all(
      ['a', 'b', 'c', 'd'].map((source) =>
        save({ rules: [rule({ source }), rule({ source: `${source}2`, dockerTags: source })] }),
      ),
    );

    const rules = (await configurations.find(repositoryId))?.rules ?? [];
    expect(rules).toHaveLength(2);
    expect(rules[1]?.source).toBe(`${rules[0]?.source}2`);
  });
});
