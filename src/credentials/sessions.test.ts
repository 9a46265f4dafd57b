import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#access';
import { testDialects } from '#platform/db/testing';
import type { Credentials } from './create-credentials.ts';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

const remoteAddress = '192.0.2.7';

describe.each(testDialects)('sessions in %s', (dialect) => {
  let room: TestCredentials;
  let alice: Person;

  beforeEach(async () => {
    room = await openTestCredentials(dialect);
    alice = await room.addUser('alice');
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const issue = (userAgent = 'slipway/1.0') =>
    room.credentials.sessions.issue(alice, { remoteAddress, userAgent });
  const bearerOf = async (
    { token }: { readonly token: string },
    at: Credentials = room.credentials,
  ) => {
    const person = await at.sessions.verify(token);
    if (person === undefined) throw new Error('the session has no power');
    return person;
  };
  const list = (person: Person) => room.credentials.sessions.list(person);

  test('are listed newest first, with when, from where and with what, the own one marked', async () => {
    const first = await issue('docker');
    room.clock.advance(1_000);
    const second = await issue();

    const listed = await list(await bearerOf(second));

    expect(listed).toMatchObject([
      { userAgent: 'slipway/1.0', remoteAddress, isCurrent: true, expiresAt: second.expiresAt },
      { userAgent: 'docker', createdAt: room.clock.now() - 1_000, isCurrent: false },
    ]);
    expect(JSON.stringify(listed)).not.toContain(first.token);
  });

  test('say when they were last used, without a write for each request', async () => {
    const session = await issue();
    const own = await bearerOf(session);
    room.clock.advance(60_000);
    await bearerOf(session);

    for (const duty of room.credentials.duties) await duty.run(new AbortController().signal);

    expect((await list(own))[0]?.lastUsedAt).toBe(room.clock.now());
  });

  test('A7 one that is ended has no power within 5 seconds on any server, nor what was made with it', async () => {
    const other = room.openAnotherServer();
    const [session, kept] = [await issue(), await issue()];
    const bearer = await bearerOf(session, other);
    const grants = [{ name: 'alice/app', actions: ['push'] as const }];
    const { token } = await other.registryTokens.issue(bearer, grants);
    expect(await other.registryTokens.verify(token)).toBeDefined();
    const ended = (await list(bearer)).find(({ isCurrent }) => isCurrent);

    await room.credentials.sessions.end(await bearerOf(kept), ended?.id ?? '');
    room.clock.advance(4_999);

    expect(await other.sessions.verify(session.token)).toBeUndefined();
    expect(await other.registryTokens.verify(token)).toBeUndefined();
    expect(await other.sessions.verify(kept.token)).toBeDefined();
    await other[Symbol.asyncDispose]();
  });

  test('all others are ended at once, and the one that asks goes on', async () => {
    const [session, ...others] = [await issue(), await issue(), await issue()];

    const ended = await room.credentials.sessions.endOthers(await bearerOf(session));
    room.clock.advance(4_000);

    expect(ended).toBe(2);
    expect(await bearerOf(session)).toMatchObject({ name: 'alice' });
    for (const { token } of others) {
      expect(await room.credentials.sessions.verify(token)).toBeUndefined();
    }
  });

  test('a log-out ends the session that asks, and nothing where there is none', async () => {
    const [session, kept] = [await issue(), await issue()];

    await room.credentials.sessions.endOwn(await bearerOf(session));
    await room.credentials.sessions.endOwn(alice);
    room.clock.advance(4_000);

    expect(await room.credentials.sessions.verify(session.token)).toBeUndefined();
    expect(await room.credentials.sessions.verify(kept.token)).toBeDefined();
  });

  test('A5 those of others are neither seen nor ended', async () => {
    const session = await issue();
    const bob = await room.addUser('bob');
    const id = (await list(alice))[0]?.id ?? '';

    await expect(room.credentials.sessions.end(bob, id)).rejects.toMatchObject({
      code: 'SESSION_UNKNOWN',
    });
    expect(await list(bob)).toEqual([]);
    expect(await room.credentials.sessions.endOthers(bob)).toBe(0);
    room.clock.advance(4_000);
    expect(await room.credentials.sessions.verify(session.token)).toBeDefined();
  });

  test('who came with an access token sees them and ends none', async () => {
    await issue();
    const { accessTokens, logIn, sessions } = room.credentials;
    const { text } = await accessTokens.create(alice, { label: 'ci', scope: 'repo:admin' });
    const withToken = await logIn.withAccessToken(text);
    const [listed] = await list(withToken);

    expect(listed).toMatchObject({ isCurrent: false });
    const refused = { code: 'PASSWORD_SESSION_NEEDED' };
    await expect(sessions.end(withToken, listed?.id ?? '')).rejects.toMatchObject(refused);
    await expect(sessions.endOthers(withToken)).rejects.toMatchObject(refused);
    await expect(sessions.endOwn(withToken)).rejects.toMatchObject(refused);
  });

  test('a new password ends all but the one that set it', async () => {
    const [session, other] = [await issue(), await issue()];
    await bearerOf(other);

    await room.credentials.passwords.change(await bearerOf(session), {
      current: testPassword,
      next: 'battery staple',
      remoteAddress,
    });
    room.clock.advance(4_000);

    expect(await bearerOf(session)).toMatchObject({ name: 'alice' });
    expect(await room.credentials.sessions.verify(other.token)).toBeUndefined();
  });

  test('A39 who found a session open does not change the password without knowing it, nor guess it', async () => {
    const bearer = await bearerOf(await issue());
    const change = (current: string) =>
      room.credentials.passwords.change(bearer, { current, next: 'battery staple', remoteAddress });

    for (let guess = 0; guess < 10; guess += 1) {
      await expect(change(`guess ${guess}`)).rejects.toMatchObject({ code: 'PASSWORD_WRONG' });
    }

    await expect(change('one guess more')).rejects.toMatchObject({ code: 'TOO_MANY_TRIES' });
  });

  test('a log-in that the password was changed under gives no session', async () => {
    await room.credentials.passwords.change(alice, {
      current: testPassword,
      next: 'battery staple',
      remoteAddress,
    });

    await expect(issue()).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await list(alice)).toEqual([]);
  });

  test('expired ones are not listed, have no power and are removed', async () => {
    const session = await issue();
    room.clock.advance(12 * 3_600_000 + 6_000);

    expect(await list(alice)).toEqual([]);
    expect(await room.credentials.sessions.verify(session.token)).toBeUndefined();
    for (const duty of room.credentials.duties) await duty.run(new AbortController().signal);
    room.clock.advance(-7 * 3_600_000);
    expect(await list(alice)).toEqual([]);
  });

  test('an account has 200 at most: the oldest go first', async () => {
    const oldest = await issue('oldest');
    room.clock.advance(1);
    for (let made = 0; made < 200; made += 1) await issue();
    room.clock.advance(4_000);

    expect(await list(alice)).toHaveLength(200);
    expect(await room.credentials.sessions.verify(oldest.token)).toBeUndefined();
  });
});
