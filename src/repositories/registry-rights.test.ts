import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AttemptPrincipal,
  nobody,
  type OrganizationToken,
  type Person,
  type Principal,
} from '#access';
import { openTestCredentials, type TestCredentials } from '#credentials/testing';
import {
  type NamespaceName,
  type RegistryAction,
  type RepositoryName,
  registryActions,
  type TokenScope,
} from '#kernel';
import { createRepositories, type Repositories } from './create-repositories.ts';
import { repositoriesMigrations } from './repositories-migrations.ts';

let room: TestCredentials;
let repositories: Repositories;
let alice: Person;
let bob: Person;

beforeEach(async () => {
  room = await openTestCredentials('sqlite', repositoriesMigrations);
  repositories = createRepositories({ ...room, isPrivateByDefault: false });
  alice = await room.addUser('alice');
  bob = await room.addUser('bob');
  await repositories.create(alice, { name: 'alice/open' });
  await repositories.create(alice, { name: 'alice/shut', isPrivate: true });
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

const authorize = (principal: Principal, name: string, action: RegistryAction) =>
  repositories.registryRights.authorize({ principal }, { name: name as RepositoryName, action });
const limited = (person: Person, scope: TokenScope): Person => ({
  ...person,
  credential: { kind: 'pat', id: 'x', scope },
});

const organizationToken: OrganizationToken = {
  kind: 'organization-token',
  id: 'x',
  granteeId: 99,
  organization: 'acme' as NamespaceName,
  readsPublic: true,
};
const attemptIn = async (name: string): Promise<AttemptPrincipal> => {
  const { id: repositoryId } = await repositories.show(room.administrator, name);
  return {
    kind: 'attempt',
    attemptId: '41-2',
    buildId: 41,
    repositoryId,
    repositoryName: name as RepositoryName,
    sourceId: 3,
  };
};

describe('requests of the registry', () => {
  test('a first push that meets a database in trouble is no push without rights', async () => {
    room.database.doubtNextCommit('lost');

    await expect(authorize(alice, 'alice/new', 'push')).rejects.toMatchObject({
      code: 'COMMIT_UNKNOWN',
    });
    expect(await authorize(alice, 'alice/new', 'push')).toMatchObject({ outcome: 'granted' });
  });

  const outcomes = async (principal: Principal, name: string) => {
    const found: string[] = [];
    for (const action of registryActions)
      found.push((await authorize(principal, name, action)).outcome);
    return found.join(' ');
  };

  test.for([
    //                                              pull         push         delete
    ['nobody', () => nobody, 'alice/open', 'granted login-needed login-needed'],
    ['nobody', () => nobody, 'alice/shut', 'login-needed login-needed login-needed'],
    ['nobody', () => nobody, 'alice/none', 'login-needed login-needed login-needed'],
    ['the owner', () => alice, 'alice/shut', 'granted granted granted'],
    [
      'a token repo:write',
      () => limited(alice, 'repo:write'),
      'alice/shut',
      'granted granted denied',
    ],
    ['a token repo:read', () => limited(alice, 'repo:read'), 'alice/shut', 'granted denied denied'],
    [
      'a public token',
      () => limited(alice, 'repo:public_read'),
      'alice/shut',
      'unknown denied denied',
    ],
    [
      'a public token',
      () => limited(alice, 'repo:public_read'),
      'alice/open',
      'granted denied denied',
    ],
    ['a stranger', () => bob, 'alice/open', 'granted denied denied'],
    ['a stranger', () => bob, 'alice/shut', 'unknown denied denied'],
    ['a stranger', () => bob, 'nobody/none', 'unknown denied denied'],
    ['an administrator', () => room.administrator, 'alice/shut', 'granted granted granted'],
    ['an administrator', () => room.administrator, 'nobody/none', 'unknown denied denied'],
    ['an organization’s token', () => organizationToken, 'alice/open', 'granted denied denied'],
    ['an organization’s token', () => organizationToken, 'alice/shut', 'unknown denied denied'],
    ['its attempt', () => attemptIn('alice/shut'), 'alice/shut', 'granted granted denied'],
    ['an attempt beside it', () => attemptIn('alice/open'), 'alice/shut', 'granted denied denied'],
    ['an attempt beside it', () => attemptIn('alice/open'), 'alice/none', 'unknown denied denied'],
  ] as const)('%s to %s', async ([, principal, name, expected]) => {
    expect(await outcomes(await principal(), name)).toBe(expected);
  });

  test('who is refused and sees the repository is told what it would take', async () => {
    expect(await authorize(bob, 'alice/open', 'push')).toEqual({
      outcome: 'denied',
      message:
        'requested access to the resource is denied - you need write access to alice/open to push to it',
    });
    expect(await authorize(await attemptIn('alice/shut'), 'alice/open', 'push')).toMatchObject({
      message: expect.stringContaining('a build of alice/shut may push to that repository only'),
    });
  });

  test('a push by the owner makes the repository, and says which it is', async () => {
    const made = await authorize(limited(alice, 'repo:write'), 'alice/new', 'push');

    const { id: repositoryId } = await repositories.show(alice, 'alice/new');
    expect(made).toEqual({ outcome: 'granted', repositoryId });
  });

  test('a registry token is worth what it says, and its bearer’s rights are the most it is worth', async () => {
    const ask = (principal: Principal, action: RegistryAction) => {
      const grants = [{ name: 'alice/open', actions: ['pull', 'delete'] as const }];
      const request = { name: 'alice/open' as RepositoryName, action };
      return repositories.registryRights.authorize({ principal, grants }, request);
    };

    expect(await ask(alice, 'pull')).toMatchObject({ outcome: 'granted' });
    expect(await ask(alice, 'push')).toMatchObject({ outcome: 'token-too-narrow' });
    expect(await ask(nobody, 'pull')).toMatchObject({ outcome: 'granted' });
    expect(await ask(bob, 'delete')).toMatchObject({ outcome: 'denied' });
  });
});

describe('requests of the git host', () => {
  const decide = async (principal: Principal, name: string, sourceId?: number) => {
    const source = { name: name as RepositoryName, sourceId };
    const words: string[] = [];
    for (const action of ['readSource', 'writeSource'] as const) {
      const decision = await repositories.sourceRights.decide(principal, source, action);
      if (decision.isAllowed) words.push('in');
      else if (decision.code === 'UNAUTHENTICATED') words.push('login');
      else words.push(decision.isVisible ? 'no' : 'none');
    }
    return words.join(' ');
  };

  test.for([
    ['nobody', () => nobody, 'alice/open', 'login login'],
    ['nobody', () => nobody, 'nobody/none', 'login login'],
    ['the owner', () => alice, 'alice/new', 'in in'],
    ['a token repo:read', () => limited(alice, 'repo:read'), 'alice/open', 'in no'],
    ['a public token', () => limited(alice, 'repo:public_read'), 'alice/open', 'none none'],
    ['a stranger', () => bob, 'alice/open', 'none none'],
    ['an administrator', () => room.administrator, 'alice/open', 'in in'],
    ['an administrator', () => room.administrator, 'nobody/none', 'none none'],
    ['an organization’s token', () => organizationToken, 'alice/open', 'none none'],
  ] as const)('%s to %s', async ([, principal, name, expected]) => {
    expect(await decide(principal(), name)).toBe(expected);
  });

  test('an attempt reads what it is built from, and what its namespace has', async () => {
    const attempt = await attemptIn('alice/open');

    expect(await decide(attempt, 'bob/source', 3)).toBe('in no');
    expect(await decide(attempt, 'alice/open', 4)).toBe('in no');
    expect(await decide(attempt, 'alice/open')).toBe('in no');
    expect(await decide(attempt, 'bob/other', 4)).toBe('none none');
  });
});
