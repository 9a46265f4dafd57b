import { describe, expect, test } from 'vitest';
import {
  namespaceOf,
  parseNamespaceName,
  parseOperatorName,
  parseRepositoryName,
} from './repository-name.ts';

describe('names', () => {
  test.each(['ada', 'my-team', 'a1', 'x.y_z', 'usersx'])('%s can be a namespace', (name) => {
    expect(parseNamespaceName(name)).toBe(name);
  });

  test.each([
    '',
    'a',
    'Ada',
    'a/b',
    '-a',
    'a..b',
    'ä',
    'users',
    'v2',
    '_catalog',
    'library',
    'admin',
  ])('%j can not be a namespace', (name) => {
    expect(() => parseNamespaceName(name)).toThrowError(
      expect.objectContaining({ code: 'NAME_INVALID' }),
    );
  });

  test('only the operator gives the name admin away; what paths need is nobody’s', () => {
    expect(parseOperatorName('admin')).toBe('admin');
    expect(() => parseOperatorName('users')).toThrow(/reserved/);
    expect(() => parseOperatorName('slipway-cache')).toThrow(/reserved/);
  });

  test('a repository may lie deeper than its namespace', () => {
    const name = parseRepositoryName('team/group/app');

    expect(namespaceOf(name)).toBe('team');
  });

  test('a name without a namespace is told how to have one', () => {
    expect(() => parseRepositoryName('app')).toThrow(/use <namespace>\/app instead of app/);
  });

  test.each(['team/App', 'team//app', 'team/app/', 'team/../app', `team/${'a'.repeat(300)}`])(
    '%s names no repository',
    (name) => {
      expect(() => parseRepositoryName(name)).toThrowError(
        expect.objectContaining({ code: 'NAME_INVALID' }),
      );
    },
  );
});
