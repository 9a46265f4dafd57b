import { expect, test } from 'vitest';
import { tokenScopes } from '#kernel';
import { includesScope, isTokenScope, widestScope } from './token-scope.ts';

test('each scope of an access token includes those below it and none above', () => {
  const included = tokenScopes.map((held) =>
    tokenScopes.filter((needed) => includesScope(held, needed)),
  );

  expect(included).toEqual([
    ['repo:public_read'],
    ['repo:public_read', 'repo:read'],
    ['repo:public_read', 'repo:read', 'repo:write'],
    ['repo:public_read', 'repo:read', 'repo:write', 'repo:admin'],
  ]);
});

test('a list of scopes says as much as its widest', () => {
  expect(widestScope(['repo:read', 'repo:write', 'repo:public_read'])).toBe('repo:write');
});

test.for(['repo', 'repo:', 'repo:owner', 'REPO:READ', ''])('%j is no scope', (text) => {
  expect(isTokenScope(text)).toBe(false);
});
