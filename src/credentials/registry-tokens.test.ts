import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCredentials, type TestCredentials } from './testing/test-credentials.ts';

let room: TestCredentials;

beforeEach(async () => {
  room = await openTestCredentials('sqlite');
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

test('a registry token carries its bearer and what was granted', async () => {
  const alice = await room.addUser('alice');
  const grants = [{ name: 'alice/app', actions: ['pull', 'push'] as const }];

  const { token } = await room.credentials.registryTokens.issue(alice, grants);

  expect(await room.credentials.registryTokens.verify(token)).toEqual({ principal: alice, grants });
});

test('nobody in particular gets tokens too', async () => {
  const { token } = await room.credentials.registryTokens.issue({ kind: 'nobody' }, []);

  expect(await room.credentials.registryTokens.verify(token)).toEqual({
    principal: { kind: 'nobody' },
    grants: [],
  });
});

test('a token for pushing lives an hour, others five minutes', async () => {
  const alice = await room.addUser('alice');
  const issue = (actions: readonly ('pull' | 'push')[]) =>
    room.credentials.registryTokens.issue(alice, [{ name: 'alice/app', actions }]);

  expect((await issue(['pull'])).expiresInSeconds).toBe(300);
  expect((await issue(['pull', 'push'])).expiresInSeconds).toBe(3600);
});

test('A8 A9 a session is no registry token, and a registry token no session', async () => {
  const alice = await room.addUser('alice');
  const session = await room.credentials.sessions.issue(alice);
  const { token } = await room.credentials.registryTokens.issue(alice, []);

  expect(await room.credentials.registryTokens.verify(session.token)).toBeUndefined();
  expect(await room.credentials.sessions.verify(token)).toBeUndefined();
});

test('A7 a registry token loses its power with the credential behind it, within 5 seconds', async () => {
  const alice = await room.addUser('alice');
  const { id, text } = await room.credentials.accessTokens.create(alice, {
    label: 'ci',
    scope: 'repo:write',
  });
  const bearer = await room.credentials.logIn.withAccessToken(text);
  const { token } = await room.credentials.registryTokens.issue(bearer, []);
  expect(await room.credentials.registryTokens.verify(token)).toBeDefined();

  await room.credentials.accessTokens.revoke(alice, id);
  room.clock.advance(5_000);

  expect(await room.credentials.registryTokens.verify(token)).toBeUndefined();
});
