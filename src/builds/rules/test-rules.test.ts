import { expect, test } from 'vitest';
import { rule } from '../testing/builds-fixture.ts';
import type { RefName } from './build-rule.ts';
import { type RuleTest, testRules } from './test-rules.ts';

const now = Date.UTC(2026, 10, 24);
const branch = (name: string): RefName => ({ type: 'branch', name });

/** As `testRules`, without pauses. */
const tryRules = (test: Pick<RuleTest, 'rules' | 'refs'> & Partial<RuleTest>) =>
  testRules({ autotest: 'off', now, pause: async () => undefined, ...test });

test('SET-74 the tester highlights what an unanchored pattern matched, and warns', async () => {
  const report = await tryRules({
    rules: [rule({ source: '/main/', dockerTags: '{sourceref}' })],
    refs: [branch('domain-x')],
  });

  expect(report.refs).toEqual([
    {
      type: 'branch',
      name: 'domain-x',
      rule: 1,
      matched: { start: 2, end: 6 },
      outcome: 'builds',
      tags: ['domain-x'],
      text: 'rule 1 builds domain-x',
    },
  ]);
  expect(report.warnings).toEqual([
    'rule 1: /main/ matches anywhere in a name, as in domain-x; tie it with ^ and $ if that is not meant',
  ]);
});

test.for(['main', '/^main$/', '/\\Amain\\z/'])(
  '%s is tied to the whole name: no warning',
  async (source) => {
    const report = await tryRules({
      rules: [rule({ source })],
      refs: [branch('main')],
    });

    expect(report.warnings).toEqual([]);
  },
);

test('A41 refs that give one tag are warned of', async () => {
  const report = await tryRules({
    rules: [rule({ source: '/^release-.*$/' }), rule({ source: 'main' })],
    refs: [branch('release-1'), branch('main')],
  });

  expect(report.warnings).toEqual([
    'the tag latest is set by rule 1 from branch release-1 and by rule 2 from branch main; the newest push wins',
  ]);
});

test('every rule that matches is told, and what matches none', async () => {
  const report = await tryRules({
    rules: [
      rule({ source: 'main' }),
      rule({ source: 'main', dockerTags: 'edge', autobuild: false }),
      rule({ source: '/^v(.*)$/', dockerTags: '{\\1}' }),
    ],
    refs: [branch('main'), branch('dev'), branch('v')],
    autotest: 'internal',
  });

  expect(report.refs.map(({ name, outcome, rule: number }) => [name, outcome, number])).toEqual([
    ['main', 'builds', 1],
    ['main', 'tests', 2],
    ['dev', 'nothing', undefined],
    ['v', 'invalid', 3],
  ]);
});

test('rules that can not be used are refused', async () => {
  const report = tryRules({ rules: [rule({ source: '/(/' })], refs: [] });

  await expect(report).rejects.toMatchObject({ code: 'RULE_INVALID' });
});

test('a name that is too long for patterns is said to be', async () => {
  const { refs } = await tryRules({
    rules: [rule({ source: '/./' })],
    refs: [branch('x'.repeat(256))],
  });

  expect(refs).toMatchObject([
    { outcome: 'nothing', text: expect.stringContaining('names of more than 255 characters') },
  ]);
});

test('A35 matching lets others have their turn, and ends: what was left out is said', async () => {
  const rules = Array.from({ length: 5 }, (_, index) =>
    rule({ source: `/(?:(?:.*x)|(?:.*y)){100}[zZ]${index}/`, dockerTags: `t${index}` }),
  );
  const refs = Array.from({ length: 200 }, (_, index) => branch(`${index}${'x'.repeat(250)}`));
  const turns: number[] = [performance.now()];

  const { refs: tested, warnings } = await tryRules({
    rules,
    refs,
    pause: async () => {
      turns.push(performance.now());
    },
  });

  expect(tested.length).toBeGreaterThan(50);
  expect(warnings[0]).toMatch(/^only the first \d+ of 200 branches and tags were tried/);
  expect(turns.length).toBeGreaterThan(100);
});

test('a long answer ends, and says that it does', async () => {
  const rules = Array.from({ length: 30 }, (_, index) => rule({ dockerTags: `t${index}` }));
  const refs = Array.from({ length: 100 }, () => branch('main'));

  const { refs: tested, warnings } = await tryRules({ rules, refs });

  expect(tested.length).toBeLessThan(1_030);
  expect(warnings[0]).toMatch(/^only the first 34 of 100/);
});

test('tags that many refs would set are told in a few words', async () => {
  const refs = Array.from({ length: 40 }, (_, index) => branch(`release-${index}`));
  const dockerTags = Array.from({ length: 20 }, (_, index) => `t${index}`).join(',');
  const twice = [
    rule({ source: '/^r.*$/', dockerTags }),
    rule({ source: '/^r.*1$/', dockerTags: 'x,y,z' }),
  ];

  const { warnings } = await tryRules({ rules: twice, refs });

  expect(warnings).toHaveLength(21);
  expect(warnings[0]).toContain(
    'rule 1 from branch release-4 and by 35 more; the newest push wins',
  );
  expect(warnings.at(-1)).toBe('3 more tags are set by several builds');
});
