import { describe, expect, test } from 'vitest';
import type { Access, NamespaceName, TokenScope } from '#kernel';
import { buildAccess, includesAccess, repositoryAccess } from './access-policy.ts';
import { buildPermissions, mayBuild } from './build-permissions.ts';
import { anonymous, type Credential, type Person } from './principal.ts';
import { registryActionsOf } from './registry-actions-policy.ts';

const password: Credential = { kind: 'password', passwordChangedAt: 0 };
const token = (scope: TokenScope): Credential => ({ kind: 'pat', id: 'x', scope });

const user = (name: string, credential: Credential, isAdministrator = false): Person => ({
  kind: 'user',
  accountId: name.length,
  namespaceId: name.length,
  name: name as NamespaceName,
  isAdministrator,
  credential,
});
const alice = (credential: Credential = password) => user('alice', credential);
const bob = (credential: Credential = password) => user('bob', credential);
const root = (credential: Credential = password) => user('root', credential, true);

const of = (namespaceName: string, isPrivate: boolean) => ({
  namespaceId: namespaceName.length,
  namespaceName,
  isPrivate,
});
const publicOfAlice = of('alice', false);
const privateOfAlice = of('alice', true);
const library = of('library', false);
const cache = of('slipway-cache', false);

describe('access to a repository', () => {
  test.for([
    ['anonymous', anonymous, 'read', 'none', 'read', 'none'],
    ['its owner', alice(), 'owner', 'owner', 'read', 'none'],
    ['its owner, token repo:admin', alice(token('repo:admin')), 'owner', 'owner', 'read', 'none'],
    ['its owner, token repo:write', alice(token('repo:write')), 'write', 'write', 'read', 'none'],
    ['its owner, token repo:read', alice(token('repo:read')), 'read', 'read', 'read', 'none'],
    [
      'its owner, token repo:public_read',
      alice(token('repo:public_read')),
      'read',
      'none',
      'read',
      'none',
    ],
    ['a stranger', bob(), 'read', 'none', 'read', 'none'],
    ['a stranger, token repo:admin', bob(token('repo:admin')), 'read', 'none', 'read', 'none'],
    ['an administrator', root(), 'owner', 'owner', 'owner', 'none'],
    [
      'an administrator, token repo:write',
      root(token('repo:write')),
      'write',
      'write',
      'write',
      'none',
    ],
    [
      'an administrator, token repo:public_read',
      root(token('repo:public_read')),
      'read',
      'none',
      'read',
      'none',
    ],
  ] as const)('as %s: public, private, library and cache', ([, principal, ...expected]) => {
    const access = [publicOfAlice, privateOfAlice, library, cache].map((facts) =>
      repositoryAccess(principal, facts),
    );

    expect(access).toEqual(expected);
  });

  test.for([
    ['a public repository', publicOfAlice, 'read'],
    ['a private one of the same namespace', privateOfAlice, 'read'],
    ['a private one of another namespace', of('bob', true), 'none'],
    ['library', library, 'read'],
    ['the cache', cache, 'none'],
  ] as const)('a build in the namespace alice reads %s, or not', ([, facts, expected]) => {
    expect(buildAccess({ namespaceName: 'alice' }, facts)).toBe(expected);
  });

  test('each level includes those before it', () => {
    expect(includesAccess('admin', 'write')).toBe(true);
    expect(includesAccess('write', 'admin')).toBe(false);
    expect(includesAccess('none', 'none')).toBe(true);
  });

  test.for([
    ['none', []],
    ['read', ['pull']],
    ['write', ['pull', 'push']],
    ['admin', ['pull', 'push', 'delete']],
    ['owner', ['pull', 'push', 'delete']],
  ] as const)('with %s access the registry lets one %j', ([access, actions]) => {
    expect(registryActionsOf(access)).toEqual(actions);
  });
});

describe('the table of build permissions', () => {
  const levels: readonly Access[] = ['none', 'read', 'write', 'admin', 'owner'];

  test.for([
    ['SET-87 build details are viewed', 'viewBuilds', ['read', 'write', 'admin', 'owner']],
    ['SET-88 a build is started', 'startBuild', ['write', 'admin', 'owner']],
    ['SET-88 a build is canceled', 'cancelBuild', ['write', 'admin', 'owner']],
    ['SET-88 a build is retried', 'retryBuild', ['write', 'admin', 'owner']],
    ['SET-89 build settings are edited', 'editBuildSettings', ['admin', 'owner']],
    ['values of build variables are seen', 'viewBuildVariables', ['admin', 'owner']],
    ['SET-92 automated builds are set up', 'setUpBuilds', ['owner']],
    ['SET-90 the build configuration is deleted', 'deleteBuildSettings', ['owner']],
  ] as const)('%s (%s) by %j only', ([, action, allowed]) => {
    expect(levels.filter((access) => mayBuild(access, action))).toEqual(allowed);
  });

  test('every action of the table is tested above', () => {
    expect(Object.keys(buildPermissions)).toHaveLength(8);
  });
});
