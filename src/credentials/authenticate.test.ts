import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptPrincipal, Person } from '#access';
import type { RepositoryName } from '#kernel';
import type { CredentialForm } from './authenticate.ts';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

const toBatteryStaple = {
  current: testPassword,
  next: 'battery staple',
  remoteAddress: '192.0.2.7',
};

let room: TestCredentials;
let alice: Person;

beforeEach(async () => {
  room = await openTestCredentials('sqlite');
  alice = await room.addUser('alice');
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

const authenticate = (authorization?: string) =>
  room.credentials.authenticate({ authorization, remoteAddress: '192.0.2.7' });
const basic = (name: string, secret: string) => `Basic ${btoa(`${name}:${secret}`)}`;

test('without a header a request comes from nobody in particular', async () => {
  expect(await authenticate()).toMatchObject({
    principal: { kind: 'nobody' },
    presentedAs: 'nothing',
  });
});

test('a request says how its credential came', async () => {
  const session = await room.credentials.sessions.issue(alice);
  const { text } = await room.credentials.accessTokens.create(alice, {
    label: 'ci',
    scope: 'repo:read',
  });

  expect(await authenticate(basic('alice', testPassword))).toMatchObject({
    principal: alice,
    presentedAs: 'basic',
  });
  expect(await authenticate(`Bearer ${session.token}`)).toMatchObject({
    principal: alice,
    presentedAs: 'session',
  });
  expect(await authenticate(`JWT ${session.token}`)).toMatchObject({ presentedAs: 'session' });
  expect(await authenticate(basic('alice', text))).toMatchObject({ presentedAs: 'basic' });
  expect(await authenticate(`Bearer ${text}`)).toMatchObject({ presentedAs: 'access-token' });
});

test('A7 who asked is asked again, until the token is revoked, the session over, the password another', async () => {
  const token = await room.credentials.accessTokens.create(alice, {
    label: 'ci',
    scope: 'repo:read',
  });
  const session = await room.credentials.sessions.issue(alice, { lifetimeMilliseconds: 60_000 });
  const asked = [
    await authenticate(`Bearer ${token.text}`),
    await authenticate(`Bearer ${session.token}`),
    await authenticate(basic('alice', testPassword)),
    await authenticate(),
  ];
  const standing = async () =>
    Promise.all(asked.map(async ({ renew }) => (await renew())?.kind ?? 'nothing'));
  const before = await standing();

  await room.credentials.accessTokens.revoke(alice, token.id);
  room.clock.advance(4_000);
  const afterRevoking = await standing();
  room.clock.advance(3_600_000);

  const afterTheSession = await standing();
  await room.credentials.passwords.change(alice, toBatteryStaple);
  room.clock.advance(4_000);
  const afterAll = await standing();

  expect(before).toEqual(['person', 'person', 'person', 'nobody']);
  expect(afterRevoking).toEqual(['nothing', 'person', 'person', 'nobody']);
  expect(afterTheSession).toEqual(['nothing', 'nothing', 'person', 'nobody']);
  expect(afterAll).toEqual(['nothing', 'nothing', 'nothing', 'nobody']);
});

test('a session keeps the scope of the access token that it was made with', async () => {
  const { text } = await room.credentials.accessTokens.create(alice, {
    label: 'ci',
    scope: 'repo:read',
  });
  const withToken = await room.credentials.logIn.withAccessToken(text);

  const session = await room.credentials.sessions.issue(withToken);

  const { principal } = await authenticate(`Bearer ${session.token}`);
  expect(principal).toEqual(withToken);
});

test('CSV-45 a session that has ended is refused, and a fresh log-in cures it', async () => {
  const session = await room.credentials.sessions.issue(alice, { lifetimeMilliseconds: 60_000 });
  room.clock.advance(3_600_000);

  await expect(authenticate(`Bearer ${session.token}`)).rejects.toMatchObject({
    code: 'INVALID_CREDENTIALS',
  });
  const fresh = await room.credentials.sessions.issue(alice);
  expect((await authenticate(`Bearer ${fresh.token}`)).principal).toMatchObject(alice);
});

test.for([
  ['a wrong password', basic('alice', 'wrong'), 'INVALID_CREDENTIALS'],
  ['an unknown name', basic('nobody', testPassword), 'INVALID_CREDENTIALS'],
  ['a token that was never issued', `Bearer slip_pat_${'a'.repeat(50)}`, 'INVALID_CREDENTIALS'],
  ['nonsense', 'Bearer nonsense', 'INVALID_CREDENTIALS'],
  ['an unknown scheme', 'Digest x', 'AUTHORIZATION_MALFORMED'],
] as const)('%s is an error and never falls back to nobody', async ([, authorization, code]) => {
  await expect(authenticate(authorization)).rejects.toMatchObject({ code });
});

describe('an edge', () => {
  const attempt: AttemptPrincipal = {
    kind: 'attempt',
    attemptId: '41-2',
    buildId: 41,
    repositoryId: 1,
    repositoryName: 'alice/app' as RepositoryName,
    sourceId: 3,
  };
  const grants = [{ name: 'alice/app', actions: ['pull'] as const }];

  const present = async (): Promise<Readonly<Record<CredentialForm, string>>> => {
    const { accessTokens, sessions, registryTokens } = room.credentials;
    const { text } = await accessTokens.create(alice, { label: 'ci', scope: 'repo:read' });
    room.attempts.set('slip_att_one', attempt);
    return {
      basic: basic('alice', testPassword),
      session: `Bearer ${(await sessions.issue(alice)).token}`,
      'access-token': `Bearer ${text}`,
      'registry-token': `Bearer ${(await registryTokens.issue(alice, grants)).token}`,
      'attempt-token': 'Bearer slip_att_one',
    };
  };
  const forms = ['basic', 'session', 'access-token', 'registry-token', 'attempt-token'] as const;

  test.each(forms)(
    'that takes %s takes nothing else, but for no credential at all',
    async (form) => {
      const headers = await present();
      const ask = (authorization: string | undefined) =>
        room.credentials.authenticate({
          authorization,
          remoteAddress: '192.0.2.7',
          accepts: [form],
        });

      for (const other of forms) {
        const asked = ask(headers[other]);
        if (other === form) expect((await asked).presentedAs).toBe(form);
        else await expect(asked, other).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
      }
      expect((await ask(undefined)).presentedAs).toBe('nothing');
    },
  );

  test('learns what a registry token is for, and whose attempt a token belongs to', async () => {
    const headers = await present();
    const ask = (form: CredentialForm) =>
      room.credentials.authenticate({
        authorization: headers[form],
        remoteAddress: '192.0.2.7',
        accepts: [form],
      });

    expect(await ask('registry-token')).toMatchObject({
      principal: alice,
      presentedAs: 'registry-token',
      grants,
    });
    expect((await ask('attempt-token')).principal).toBe(attempt);
    room.attempts.clear();
    await expect(ask('attempt-token')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });
});
