import { describe, expect, test } from 'vitest';
import {
  type NamespaceName,
  namespaceActions,
  type RepositoryAction,
  type RepositoryName,
  type Role,
  repositoryActions,
  roles,
  type SourceAction,
  sourceActions,
  type TokenScope,
  tokenScopes,
} from '#kernel';
import { decideInNamespace, decideInRepository, decideOnSource } from './permission-policy.ts';
import {
  type AttemptPrincipal,
  type Credential,
  nobody,
  type OrganizationToken,
  type Person,
} from './principal.ts';

const name = 'ada/app' as RepositoryName;
const password: Credential = { kind: 'password', passwordChangedAt: 0 };
const token = (scope: TokenScope): Credential => ({ kind: 'pat', id: 'x', scope });

const person = (credential: Credential = password, isAdministrator = false): Person => ({
  kind: 'person',
  accountId: 7,
  granteeId: 7,
  name: 'ada' as NamespaceName,
  isAdministrator,
  credential,
});
const organizationToken = (readsPublic: boolean): OrganizationToken => ({
  kind: 'organization-token',
  id: 'x',
  granteeId: 9,
  organization: 'acme' as NamespaceName,
  readsPublic,
});
const attempt: AttemptPrincipal = {
  kind: 'attempt',
  attemptId: '41-2',
  buildId: 41,
  repositoryId: 1,
  repositoryName: name,
  sourceId: 3,
};

/** Roles from this one on; 'all': no role is needed. */
type Least<Word> = Word | 'all' | 'none';

/** What a row says of one kind of repository: who may, by role and by scope of a token. */
interface Column {
  readonly role: Least<Role>;
  readonly scope: TokenScope;
}

interface Row {
  readonly private: Column;
  readonly public: Column;
  /** Whether an organization's token may, with the role. */
  readonly organization: boolean;
  /** Repositories in which an attempt may: what it builds, others of its namespace, public, private. */
  readonly attempt: string;
}

const read = { role: 'read', scope: 'repo:read' } as const;
const open = { role: 'all', scope: 'repo:public_read' } as const;
const write = { role: 'write', scope: 'repo:write' } as const;
const admin = { role: 'admin', scope: 'repo:admin' } as const;
const owner = { role: 'owner', scope: 'repo:admin' } as const;

const row = (
  whenPrivate: Column,
  whenPublic: Column,
  organization: boolean,
  where: string,
): Row => ({ private: whenPrivate, public: whenPublic, organization, attempt: where });

const table: Readonly<Record<RepositoryAction, Row>> = {
  viewRepository: row(read, open, true, 'own namespace public'),
  pull: row(read, open, true, 'own namespace public'),
  push: row(write, write, true, 'own'),
  deleteImages: row(admin, admin, true, ''),
  editRepository: row(admin, admin, false, ''),
  deleteRepository: row(admin, admin, false, ''),
  viewBuilds: row(read, read, false, ''),
  viewBuildLogs: row(read, read, false, ''),
  viewDeliveries: row(write, write, false, ''),
  testBuildRules: row(write, write, false, ''),
  startBuild: row(write, write, false, ''),
  cancelBuild: row(write, write, false, ''),
  retryBuild: row(write, write, false, ''),
  editBuildSettings: row(admin, admin, false, ''),
  viewBuildVariables: row(admin, admin, false, ''),
  setUpBuilds: row(owner, owner, false, ''),
  setUpBuildsByPush: row(write, write, false, ''),
  deleteBuildSettings: row(owner, owner, false, ''),
};

const isEnough = <Word extends string>(words: readonly Word[], held: Word, least: Least<Word>) =>
  least === 'all' || (least !== 'none' && words.indexOf(held) >= words.indexOf(least));

/** Every role, and none. */
const heldRoles: readonly (Role | undefined)[] = [undefined, ...roles];
const mayWith = (held: Role | undefined, least: Least<Role>) =>
  held === undefined ? least === 'all' : isEnough(roles, held, least);

describe.each(['private', 'public'] as const)('in a %s repository', (kind) => {
  const facts = (granted: Role | undefined, repositoryId = 1) => ({
    name,
    repositoryId,
    isPrivate: kind === 'private',
    granted,
  });

  describe.each(repositoryActions)('%s', (action) => {
    const column = table[action][kind];
    const may = (...[principal, ...rest]: Parameters<typeof whether>) =>
      whether(principal, ...rest);
    const whether = (
      principal: Parameters<typeof decideInRepository>[0],
      granted?: Role,
      repositoryId?: number,
    ) => decideInRepository(principal, action, facts(granted, repositoryId)).isAllowed;

    test('is allowed by the role, to people with their password', () => {
      const allowed = heldRoles.filter((role) => may(person(), role));

      expect(allowed).toEqual(heldRoles.filter((role) => mayWith(role, column.role)));
    });

    test.each(tokenScopes)('takes no more than both role and scope, with a token %s', (scope) => {
      const allowed = heldRoles.filter((role) => may(person(token(scope)), role));

      const hasScope = isEnough(tokenScopes, scope, column.scope);
      expect(allowed).toEqual(heldRoles.filter((role) => hasScope && mayWith(role, column.role)));
    });

    test('is always allowed to administrators of the server, as far as their token goes', () => {
      expect(may(person(password, true))).toBe(true);
      expect(tokenScopes.filter((scope) => may(person(token(scope), true)))).toEqual(
        tokenScopes.filter((scope) => isEnough(tokenScopes, scope, column.scope)),
      );
    });

    test('is allowed to nobody only where no role is needed', () => {
      expect(may(nobody)).toBe(column.role === 'all');
    });

    test.each([true, false])(
      'by the token of an organization, reading public ones: %s',
      (reads) => {
        const allowed = heldRoles.filter((role) => may(organizationToken(reads), role));

        const least = column.role === 'all' && !reads ? 'read' : column.role;
        expect(allowed).toEqual(
          heldRoles.filter((role) => table[action].organization && mayWith(role, least)),
        );
      },
    );

    test('by an attempt', () => {
      const where = table[action].attempt.split(' ');

      expect(may(attempt, 'read', 1)).toBe(where.includes('own'));
      const others = kind === 'public' ? ['namespace', 'public'] : ['namespace'];
      expect(may(attempt, 'read', 2)).toBe(others.some((word) => where.includes(word)));
      expect(may(attempt, undefined, 2)).toBe(where.includes(kind));
    });

    test('build caches are nobody’s, be it an administrator’s or their own build’s', () => {
      const cache = { ...facts('owner'), name: 'slipway-cache/app' as RepositoryName };

      for (const principal of [nobody, person(password, true), organizationToken(true), attempt]) {
        expect(decideInRepository(principal, action, cache)).toMatchObject({
          isAllowed: false,
          isVisible: false,
        });
      }
    });
  });
});

describe('in a namespace', () => {
  const needed = {
    pushNewRepository: ['write', 'repo:write'],
    createRepository: ['admin', 'repo:admin'],
    editNamespace: ['admin', 'repo:admin'],
  } as const;

  test.each(namespaceActions)('%s', (action) => {
    const [role, scope] = needed[action];
    const may = (principal: Parameters<typeof decideInNamespace>[0], granted?: Role) =>
      decideInNamespace(principal, action, { name: 'ada', granted }).isAllowed;

    expect(heldRoles.filter((held) => may(person(), held))).toEqual(
      heldRoles.filter((held) => mayWith(held, role)),
    );
    expect(tokenScopes.filter((held) => may(person(token(held)), 'owner'))).toEqual(
      tokenScopes.filter((held) => isEnough(tokenScopes, held, scope)),
    );
    expect(may(person(password, true))).toBe(true);
    for (const principal of [nobody, organizationToken(true), attempt]) {
      expect(may(principal, 'owner')).toBe(false);
    }
  });
});

describe('on a source', () => {
  const needed = {
    readSource: ['read', 'repo:read'],
    writeSource: ['write', 'repo:write'],
  } as const;
  const facts = (granted: Role | undefined, sourceId = 3, name = 'bob/source') => ({
    name: name as RepositoryName,
    sourceId,
    granted,
  });

  test.each(sourceActions)('%s', (action) => {
    const [role, scope] = needed[action];
    const may = (
      principal: Parameters<typeof decideOnSource>[0],
      granted?: Role,
      sourceId?: number,
    ) => decideOnSource(principal, action, facts(granted, sourceId)).isAllowed;

    expect(heldRoles.filter((held) => may(person(), held))).toEqual(
      heldRoles.filter((held) => mayWith(held, role)),
    );
    expect(tokenScopes.filter((held) => may(person(token(held)), 'owner'))).toEqual(
      tokenScopes.filter((held) => isEnough(tokenScopes, held, scope)),
    );
    expect(may(nobody)).toBe(false);
    expect(may(organizationToken(true), 'owner')).toBe(false);
    expect(may(attempt)).toBe(action === 'readSource');
    expect(may(attempt, 'read', 4)).toBe(false);
  });

  test('A22 an attempt reads those of the namespace that it builds for, and writes none', () => {
    const may = (action: SourceAction, name: string) =>
      decideOnSource(attempt, action, facts(undefined, 4, name)).isAllowed;

    expect(may('readSource', 'ada/other')).toBe(true);
    expect(may('writeSource', 'ada/other')).toBe(false);
    for (const name of ['bob/other', 'adam/other', 'ada-x/other', 'x/ada/other']) {
      expect(may('readSource', name), name).toBe(false);
    }
  });
});

describe('why', () => {
  const facts = (granted: Role | undefined, isPrivate = true) => ({
    name,
    repositoryId: 2,
    isPrivate,
    granted,
  });

  test.for([
    ['a role', person(), 'pull', facts('write'), 'you have write access to ada/app'],
    ['being public', nobody, 'pull', facts(undefined, false), 'ada/app is public'],
    [
      'a build',
      attempt,
      'pull',
      facts('read'),
      'a build of ada/app reads what is in its namespace',
    ],
  ] as const)('%s allows', ([, principal, action, given, words]) => {
    const decision = decideInRepository(principal, action, given);

    expect(decision).toEqual({ isAllowed: true, because: expect.stringContaining(words) });
  });

  test.for([
    [person(), facts('read'), 'you need write access to ada/app to push to it'],
    [
      person(token('repo:read')),
      facts('owner'),
      'you need write access to ada/app to push to it, and the token’s scope repo:read gives read access at most',
    ],
    [
      organizationToken(true),
      facts('read'),
      'the token needs write access to ada/app to push to it',
    ],
    [attempt, facts('read'), 'a build of ada/app may push to that repository only'],
  ] as const)('what was missing is said', ([principal, given, words]) => {
    const decision = decideInRepository(principal, 'push', given);

    expect(decision).toEqual({
      isAllowed: false,
      because: expect.stringContaining(words.replace('’', "'")),
      isVisible: true,
      code: 'ACCESS_DENIED',
    });
  });

  test('nobody is told to log in, where there is something to see', () => {
    expect(decideInRepository(nobody, 'push', facts(undefined, false))).toMatchObject({
      isVisible: true,
      code: 'UNAUTHENTICATED',
    });
    expect(decideInRepository(nobody, 'push', facts(undefined))).toMatchObject({
      isVisible: false,
    });
  });
});
