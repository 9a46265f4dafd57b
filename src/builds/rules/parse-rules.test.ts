import { expect, test } from 'vitest';
import { autotestModes } from '#kernel';
import { rule } from '../testing/builds-fixture.ts';
import { defaultRule, type RuleText } from './build-rule.ts';
import { parseRules, readRules } from './parse-rules.ts';

const wrongRules: readonly (readonly [Partial<RuleText>, field: string, remedy: string])[] = [
  [{ source: '' }, 'source', 'name a branch or tag'],
  [{ source: '/(/' }, 'source', 'no RE2 expression'],
  [{ source: '/(?=x)/' }, 'source', 'no RE2 expression'],
  [{ source: '//' }, 'source', 'write a pattern'],
  [{ source: 'a\0b' }, 'source', 'zero bytes'],
  [{ source: '/a\0b/' }, 'source', 'zero bytes'],
  [{ source: 'a\u0007b' }, 'source', 'no branch or tag can be called'],
  [{ dockerTags: 'x,'.repeat(501) }, 'dockerTags', 'at most 1000 characters'],
  [{ source: '/x{1000}/' }, 'source', 'it compiles to 1002 steps, at most 1000'],
  [{ source: `/${'(?:.?){1000}'.repeat(20)}/` }, 'source', 'the pattern is too large'],
  [{ source: 'release-*' }, 'source', 'between slashes'],
  [{ source: 'a..b' }, 'source', 'between slashes'],
  [{ source: 'x'.repeat(256) }, 'source', 'at most 255'],
  [{ dockerTags: '' }, 'dockerTags', 'one tag or several'],
  [{ dockerTags: 'a,,b' }, 'dockerTags', 'none of them empty'],
  [{ dockerTags: 'v 1' }, 'dockerTags', 'can not be a tag'],
  [{ dockerTags: '.hidden' }, 'dockerTags', 'can not be a tag'],
  [{ dockerTags: '-{sourceref}' }, 'dockerTags', 'can not be a tag'],
  [{ dockerTags: 'x'.repeat(129) }, 'dockerTags', 'can not be a tag'],
  [{ dockerTags: '{branch}' }, 'dockerTags', '{sourceref}'],
  [{ dockerTags: '{sourceref' }, 'dockerTags', 'can not be a tag'],
  [{ dockerTags: '{\\1}' }, 'dockerTags', '/regex/ with parentheses'],
  [{ source: '/^v(.*)$/', dockerTags: '{\\2}' }, 'dockerTags', 'has only 1'],
  [{ source: '/^v(.*)$/', dockerTags: '{\\0}' }, 'dockerTags', '{\\1} to {\\9}'],
  [{ buildContext: 'a/../..' }, 'buildContext', 'leave out ".."'],
  [{ dockerfile: '../Dockerfile' }, 'dockerfile', 'leave out ".."'],
  [{ dockerfile: 'svc/' }, 'dockerfile', 'svc/Dockerfile'],
];

test.for(wrongRules)('%j is refused for its %s: %s', ([text, field, remedy]) => {
  const parse = () => parseRules([rule({}), rule({ ...text })]);

  expect(parse).toThrow(
    expect.objectContaining({
      code: 'RULE_INVALID',
      message: expect.stringContaining(remedy),
      detail: expect.objectContaining({ rule: 2, field }),
    }),
  );
});

test('a message names rule and field', () => {
  expect(() => parseRules([rule({ source: '/(/' })])).toThrow(/^rule 1, source: /);
});

test('rules that would build the same are refused', () => {
  expect(() => parseRules([rule({}), rule({ autobuild: false })])).toThrow(
    'rule 2 builds the same as rule 1',
  );
});

const largePatterns = Array.from({ length: 7 }, (_, index) => rule({ source: `/x{800}${index}/` }));

test('A35 the patterns of a configuration are bounded together', () => {
  expect(() => parseRules(largePatterns.slice(0, 6))).not.toThrow();
  expect(() => parseRules(largePatterns)).toThrow(/^rule 7, source: .* more than 5000 steps/);
});

test('A35 of stored rules those that are beyond the bounds say why, and the others are used', () => {
  const texts = [rule({ source: '/(?:.?){1000}{/' }), ...largePatterns, rule({})];
  const stored = texts.map((text, index) => ({ ...text, number: index + 1 }));

  const read = readRules(stored).map((each) => ('problem' in each ? each.problem : 'used'));

  expect(read).toEqual([
    expect.stringMatching(/^source: the pattern is too large/),
    ...largePatterns.slice(1).map(() => 'used'),
    expect.stringMatching(/^source: .* more than 5000 steps/),
    'used',
  ]);
});

test('a configuration has at least one rule', () => {
  expect(() => parseRules([])).toThrow('1 to 100 rules');
});

test('SET-72 a source has up to nine groups that tags can refer to', () => {
  const nine = '/(a)(b)(c)(d)(e)(f)(g)(h)(i)/';
  const ten = '/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/';
  const tagsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => `{\\${index + 1}}`).join('');

  expect(() => parseRules([rule({ source: nine, dockerTags: tagsOf(9) })])).not.toThrow();
  expect(() => parseRules([rule({ source: ten, dockerTags: tagsOf(9) })])).not.toThrow();
  expect(() => parseRules([rule({ source: ten, dockerTags: tagsOf(10) })])).toThrow('{\\10}');
});

test('SET-50 source and docker tag are enough for a rule', () => {
  expect(rule({ source: 'main', dockerTags: 'latest' })).toEqual({
    sourceType: 'branch',
    source: 'main',
    dockerTags: 'latest',
    buildContext: '/',
    dockerfile: '/',
    autobuild: true,
    caching: true,
  });
});

test('SET-14 the default rule builds the default branch as latest', () => {
  expect(defaultRule('trunk')).toMatchObject({ source: 'trunk', dockerTags: 'latest' });
});

test('LNK-08 there are three autotest modes', () => {
  expect(autotestModes).toEqual(['off', 'internal', 'internal_and_external']);
});
