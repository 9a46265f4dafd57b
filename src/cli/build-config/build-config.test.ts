import { describe, expect, test } from 'vitest';
import { ApiError } from '#client';
import { type BuildConfiguration, buildConfigurationInput } from '#protocol';
import { createCliFixture } from '../testing/cli-fixture.ts';
import { parseConfiguration, renderConfiguration } from './configuration-file.ts';

const rule = {
  number: 3,
  sourceType: 'branch',
  source: 'main',
  dockerTags: 'latest',
  buildContext: '/',
  dockerfile: '/',
  autobuild: true,
  caching: true,
} as const;

const stored: BuildConfiguration = {
  source: { provider: 'embedded', repository: 'alice/app', cloneUrl: 'http://h/git/alice/app.git' },
  autotest: 'off',
  version: 4,
  rules: [rule],
  variables: [{ name: 'KEY', value: 'shown' }],
  updatedAt: '2026-11-24T06:00:00Z',
};
const saved = { ...stored, startedBuilds: [] };

const unknown = new ApiError({
  type: 'about:blank',
  title: 'unknown',
  status: 404,
  code: 'CONFIGURATION_UNKNOWN',
  detail: 'alice/app has no build configuration',
  requestId: 'request-7',
});

const changed = new ApiError({
  type: 'about:blank',
  title: 'changed',
  status: 409,
  code: 'CONFIGURATION_CHANGED',
  detail: 'the build configuration of alice/app was changed since it was read',
  requestId: 'request-8',
});

describe('slipway build-config save', () => {
  test('changes only what is given, and never sends values of variables back', async () => {
    const answers = { showBuildConfiguration: stored, saveBuildConfiguration: saved };
    await using fixture = await createCliFixture({ answers });

    await fixture.run('build-config', 'save', 'alice/app', '--autotest', 'internal');

    const { number: _, ...kept } = rule;
    expect(fixture.calls[1]?.body).toEqual({
      source: { provider: 'embedded', repository: 'alice/app' },
      autotest: 'internal',
      rules: [kept],
      variables: [{ name: 'KEY' }],
      version: 4,
    });
  });

  test('a first save leaves the rules to the server', async () => {
    const answers = { showBuildConfiguration: unknown, saveBuildConfiguration: saved };
    await using fixture = await createCliFixture({ answers });

    const run = await fixture.run('build-config', 'save', 'alice/app');

    expect(run.exitCode).toBe(0);
    expect(fixture.calls[1]?.body).toEqual({ version: 0 });
  });

  test('a file replaces everything, and --build starts builds', async () => {
    const answers = { saveBuildConfiguration: { ...saved, startedBuilds: [41] } };
    await using fixture = await createCliFixture({ answers });
    const file = await fixture.writeFile(
      'slipway.yml',
      'rules:\n  - source: main\n    dockerTags: latest\n',
    );

    const run = await fixture.run('build-config', 'save', 'alice/app', '-f', file, '--build');

    expect(fixture.calls).toMatchObject([
      { query: { build: 'true' }, body: { rules: [{ source: 'main', dockerTags: 'latest' }] } },
    ]);
    expect(run.stderr).toContain('slipway build logs 41 -f');
  });

  test('a file that is not there is told before anything is sent', async () => {
    await using fixture = await createCliFixture();

    const run = await fixture.run('build-config', 'save', 'alice/app', '-f', '/nowhere.yml');

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('cannot read /nowhere.yml');
  });
});

describe('a configuration file', () => {
  test.each([
    ['rules: [{source: main}]', 'rules.0.dockerTags:'],
    ['rules: [{source: main, dockerTags: a, autobuid: false}]', '"autobuid"'],
    ['autotest: sometimes', 'autotest:'],
    ['variables: [{name: 1A}]', 'variables.0.name:'],
    ['rules: []', 'rules:'],
    ['- 1', 'the file:'],
    ['a: [', 'slipway.yml is no YAML'],
  ])('%s names the field that is wrong', (text, problem) => {
    expect(() => parseConfiguration(text, 'slipway.yml')).toThrow(problem);
  });

  test('what is shown can be saved again', () => {
    const text = renderConfiguration(stored);

    const read = parseConfiguration(text, 'slipway.yml');

    expect(buildConfigurationInput.parse(read)).toMatchObject({
      autotest: 'off',
      rules: [{ source: 'main', dockerTags: 'latest', caching: true }],
    });
    expect(text).not.toContain('shown');
  });
});

describe('slipway build-rule', () => {
  test('add sends a whole rule with what is turned off', async () => {
    await using fixture = await createCliFixture({ answers: { addBuildRule: rule } });

    const options = ['--tag', '/^v([0-9.]+)$/', '--docker-tags', '{\\1}', '--no-caching'];
    await fixture.run('build-rule', 'add', 'alice/app', ...options);

    expect(fixture.calls[0]?.body).toEqual({
      sourceType: 'tag',
      source: '/^v([0-9.]+)$/',
      dockerTags: '{\\1}',
      caching: false,
    });
  });

  test('edit sends only what is given', async () => {
    await using fixture = await createCliFixture({ answers: { updateBuildRule: rule } });

    await fixture.run('build-rule', 'edit', 'alice/app', '3', '--autobuild');

    expect(fixture.calls).toMatchObject([{ params: { rule: 3 }, body: { autobuild: true } }]);
  });

  test.each([
    [['add', 'a/b'], 'give --branch or --tag'],
    [['add', 'a/b', '--branch', 'main'], 'give --docker-tags'],
    [['add', 'a/b', '--branch', 'x', '--tag', 'y', '--docker-tags', 'z'], 'not both'],
    [['edit', 'a/b', '3'], 'nothing to change'],
    [['edit', 'a/b', 'first', '--autobuild'], 'a rule is a whole number'],
  ])('%j is a mistake that is named', async (words, message) => {
    await using fixture = await createCliFixture();

    const run = await fixture.run('build-rule', ...words);

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });

  test('test shows what each ref would become, and warnings', async () => {
    const refs = [
      {
        type: 'tag',
        name: 'v1.2',
        outcome: 'builds',
        tags: ['1.2'],
        matched: { start: 0, end: 4 },
        text: 'rule 3',
      },
    ];
    const answers = { testBuildRules: { refs, warnings: ['/v/ has no anchor'] } };
    await using fixture = await createCliFixture({ answers });

    const run = await fixture.run('build-rule', 'test', 'alice/app', '--tag', 'v1.2');

    expect(fixture.calls[0]?.body).toEqual({ refs: [{ type: 'tag', name: 'v1.2' }] });
    expect(run.stdout).toBe(
      'REF        OUTCOME   TAGS   WHY\ntag v1.2   builds    1.2    rule 3\nwarning: /v/ has no anchor\n',
    );
  });
});

describe('slipway build-variable', () => {
  const answers = { showBuildConfiguration: stored, saveBuildConfiguration: saved };

  test('set replaces by name and keeps the others, whose values stay where they are', async () => {
    await using fixture = await createCliFixture({ answers });

    const run = await fixture.run('build-variable', 'set', 'alice/app', 'NEW=a=b');

    expect(fixture.calls[1]?.body).toMatchObject({
      rules: [{ source: 'main' }],
      variables: [{ name: 'KEY' }, { name: 'NEW', value: 'a=b' }],
    });
    expect(run.stdout).not.toContain('a=b');
  });

  test('a secret comes by standard input', async () => {
    await using fixture = await createCliFixture({ answers, input: 's3cret' });

    await fixture.run('build-variable', 'set', 'alice/app', 'KEY', '--value-stdin');

    expect(fixture.calls[1]?.body).toMatchObject({ variables: [{ name: 'KEY', value: 's3cret' }] });
  });

  test('begins anew when somebody saved in between, so that their change stays', async () => {
    const newer = { ...stored, version: 5, rules: [rule, { ...rule, id: 4, source: 'dev' }] };
    await using fixture = await createCliFixture({
      answers: {
        showBuildConfiguration: [stored, newer],
        saveBuildConfiguration: [changed, { ...newer, startedBuilds: [] }],
      },
    });

    const run = await fixture.run('build-variable', 'set', 'alice/app', 'NEW=a');

    expect(run.exitCode).toBe(0);
    expect(fixture.calls.at(-1)?.body).toMatchObject({
      version: 5,
      rules: [{ source: 'main' }, { source: 'dev' }],
    });
  });

  test('unset removes by name', async () => {
    await using fixture = await createCliFixture({ answers });

    await fixture.run('build-variable', 'unset', 'alice/app', 'KEY');

    expect(fixture.calls[1]?.body).toMatchObject({ variables: [] });
  });

  test('a name without a value is asked to be given one', async () => {
    await using fixture = await createCliFixture();

    const run = await fixture.run('build-variable', 'set', 'alice/app', 'KEY');

    expect(run.stderr).toContain('"KEY" is not NAME=VALUE');
  });
});
