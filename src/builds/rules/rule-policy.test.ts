import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTag } from '#kernel';
import { commit, rule } from '../testing/builds-fixture.ts';
import type { RuleText } from './build-rule.ts';
import { parseRule } from './parse-rules.ts';
import { decideRule, type RuleContext } from './rule-policy.ts';

const now = Date.UTC(2026, 10, 24, 6);
const push: RuleContext = { autotest: 'off', occasion: 'push', now };

function decide(text: Partial<RuleText>, name: string, context: Partial<RuleContext> = {}) {
  const { sourceType } = rule(text);
  const head = { type: sourceType, name, commit: commit('a') };
  return decideRule(parseRule(rule(text)), head, { ...push, ...context });
}

function tagsOf(text: Partial<RuleText>, name: string): readonly string[] | undefined {
  const decision = decide(text, name);
  return decision?.kind === 'build' ? decision.tags : undefined;
}

describe('which refs match', () => {
  test.for([
    ['SET-36', 'main', 'main', true],
    ['SET-36', 'main', 'domain-x', false],
    ['SET-36', 'main', 'Main', false],
    ['SET-37', '/^release-/', 'release-1', true],
    ['SET-37', '/^release-/', 'release-2', true],
    ['SET-37', '/^release-/', 'dev', false],
    ['SET-74', '/main/', 'domain-x', true],
    ['SET-69', '/^(dev|test)$/', 'dev', true],
    ['SET-69', '/^(dev|test)$/', 'develop', false],
    ['SET-69', '/^feature\\/[a-z]+$/', 'feature/login', true],
  ] as const)('%s the source %s and the branch %s: %s', ([, source, name, matches]) => {
    expect(decide({ source }, name) !== undefined).toBe(matches);
  });

  test('SET-35 SET-58 SET-70 branches and git tags of one name are told apart', () => {
    const branchRule = parseRule(rule({ source: 'v1', sourceType: 'branch' }));
    const tagRule = parseRule(rule({ source: '/^v/', sourceType: 'tag' }));
    const branch = { type: 'branch', name: 'v1', commit: commit('a') } as const;
    const tag = { ...branch, type: 'tag' } as const;

    const matches = [branchRule, tagRule].map((each) =>
      [branch, tag].map((ref) => decideRule(each, ref, push) !== undefined),
    );

    expect(matches).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe('which tags images get', () => {
  test.for([
    ['SET-38', 'main', 'main', 'latest', ['latest']],
    ['SET-71', '/^v([0-9.]+)$/', 'v1.2', 'release-{\\1}', ['release-1.2']],
    [
      'SET-73',
      '/^(.)(.)(.)(.)(.)(.)(.)(.)(.)$/',
      'abcdefghi',
      '{\\9}{\\8}{\\7}{\\6}{\\5}{\\4}{\\3}{\\2}{\\1}',
      ['ihgfedcba'],
    ],
    ['SET-39', '/^(a)?b/', 'b', 'x{\\1}', ['x']],
    ['SET-54', '/^[0-9.]+/', '1.2.0-rc', 'release-{sourceref}', ['release-1.2.0-rc']],
    ['SET-54', 'main', 'main', ' latest , {sourceref} ', ['latest', 'main']],
    ['SET-54', 'main', 'main', 'main,{sourceref}', ['main']],
    ['SET-54', '/.*/', 'feature/a+b', '{sourceref}', ['feature-a-b']],
    [
      'SET-54',
      'main',
      'main',
      '{commit},{short_commit},{date}',
      [commit('a'), 'aaaaaaa', '20261124'],
    ],
  ] as const)('%s source %s, ref %s, docker tags %s: %s', ([, source, name, dockerTags, tags]) => {
    expect(tagsOf({ source, dockerTags }, name)).toEqual(tags);
  });

  test.for([
    ['/^(.*?)-x$/', '-x', '{\\1}', ''],
    ['/.*/', '.hidden', '{sourceref}', '.hidden'],
    ['/.*/', '/slash', '{sourceref}', '-slash'],
    ['/.*/', 'x'.repeat(129), '{sourceref}', 'x'.repeat(129)],
  ] as const)(
    'what is no valid tag is said, not built: %s %s',
    ([source, name, dockerTags, tag]) => {
      expect(decide({ source, dockerTags }, name)).toMatchObject({ kind: 'invalid', tag });
    },
  );

  test('A41 a template grows no further than a tag may be long, however often it names the ref', () => {
    const dockerTags = `x${'{sourceref}'.repeat(80)}`;

    const decision = decide({ source: '/./', dockerTags }, 'y'.repeat(250));

    expect(decision).toMatchObject({ kind: 'invalid', tag: `x${'y'.repeat(199)}…` });
  });

  test('A41 every build has tags that the registry takes, whatever the ref is called', () => {
    const parsed = parseRule(rule({ source: '/./', dockerTags: 'a-{sourceref}' }));

    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }), (name) => {
        const head = { type: 'branch', name, commit: commit('b') } as const;
        const decision = decideRule(parsed, head, push);
        if (decision?.kind !== 'build') return true;
        return decision.tags.every(isTag);
      }),
    );
  });
});

describe('the switches', () => {
  test.for([
    ['SET-20', true, 'off', 'branch', 'push', 'build'],
    ['SET-20', true, 'internal', 'tag', 'push', 'build'],
    ['SET-21', false, 'internal', 'branch', 'push', 'test'],
    ['SET-21', false, 'internal_and_external', 'branch', 'push', 'test'],
    ['SET-21', false, 'internal', 'tag', 'push', 'off'],
    ['SET-22', false, 'off', 'branch', 'push', 'off'],
    ['AUT-07', false, 'off', 'branch', 'manual', 'build'],
  ] as const)(
    '%s autobuild %s, autotest %s, a %s, by %s: %s',
    ([, autobuild, autotest, sourceType, occasion, kind]) => {
      expect(decide({ autobuild, sourceType }, 'main', { autotest, occasion })).toMatchObject({
        kind,
      });
    },
  );
});
