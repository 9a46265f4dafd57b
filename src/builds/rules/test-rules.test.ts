import { expect, test } from 'vitest';
import { rule } from '../testing/builds-fixture.ts';
import type { RefName } from './build-rule.ts';
import { testRules } from './test-rules.ts';

const now = Date.UTC(2026, 10, 24);
const branch = (name: string): RefName => ({ type: 'branch', name });

test('SET-74 the tester highlights what an unanchored pattern matched, and warns', () => {
  const report = testRules({
    rules: [rule({ source: '/main/', dockerTags: '{sourceref}' })],
    refs: [branch('domain-x')],
    autotest: 'off',
    now,
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
  (source) => {
    const report = testRules({
      rules: [rule({ source })],
      refs: [branch('main')],
      autotest: 'off',
      now,
    });

    expect(report.warnings).toEqual([]);
  },
);

test('refs that give one tag are warned of', () => {
  const report = testRules({
    rules: [rule({ source: '/^release-.*$/' }), rule({ source: 'main' })],
    refs: [branch('release-1'), branch('main')],
    autotest: 'off',
    now,
  });

  expect(report.warnings).toEqual([
    'the tag latest is set by rule 1 from branch release-1 and by rule 2 from branch main; the newest push wins',
  ]);
});

test('every rule that matches is told, and what matches none', () => {
  const report = testRules({
    rules: [
      rule({ source: 'main' }),
      rule({ source: 'main', dockerTags: 'edge', autobuild: false }),
      rule({ source: '/^v(.*)$/', dockerTags: '{\\1}' }),
    ],
    refs: [branch('main'), branch('dev'), branch('v')],
    autotest: 'internal',
    now,
  });

  expect(report.refs.map(({ name, outcome, rule: number }) => [name, outcome, number])).toEqual([
    ['main', 'builds', 1],
    ['main', 'tests', 2],
    ['dev', 'nothing', undefined],
    ['v', 'invalid', 3],
  ]);
});

test('rules that can not be used are refused', () => {
  const test = { rules: [rule({ source: '/(/' })], refs: [], autotest: 'off', now } as const;

  expect(() => testRules(test)).toThrow(expect.objectContaining({ code: 'RULE_INVALID' }));
});
