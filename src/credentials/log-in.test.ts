import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDialects } from '#platform/db/testing';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

const remoteAddress = '192.0.2.7';
const toBatteryStaple = { current: testPassword, next: 'battery staple', remoteAddress };

describe.each(testDialects)('logging in, in %s', (dialect) => {
  let room: TestCredentials;

  beforeEach(async () => {
    room = await openTestCredentials(dialect);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const logIn = (name: string, secret: string) =>
    room.credentials.logIn.withSecret({ name, secret, remoteAddress });

  test('name and password give a principal, in whatever case the name is written', async () => {
    await room.addUser('alice');

    const principal = await logIn('Alice', testPassword);

    expect(principal).toMatchObject({ kind: 'person', name: 'alice', isAdministrator: false });
    expect(principal.credential.kind).toBe('password');
  });

  test('A39 an unknown name and a wrong password get the same answer', async () => {
    await room.addUser('alice');

    const answers = await Promise.all(
      ['alice', 'nobody'].map((name) => logIn(name, 'wrong password').catch((e: unknown) => e)),
    );

    expect(answers[0]).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(answers[1]).toEqual(answers[0]);
  });

  test('a system namespace logs nobody in', async () => {
    await expect(logIn('library', '')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  test('after ten wrong passwords the account waits, and says how long', async () => {
    await room.addUser('alice');
    for (let guess = 0; guess < 10; guess += 1) {
      await logIn('alice', `guess number ${guess}`).catch(() => undefined);
    }

    await expect(logIn('alice', 'one guess more')).rejects.toMatchObject({
      code: 'TOO_MANY_TRIES',
      detail: { retryAfterSeconds: 30 },
    });

    room.clock.advance(30_000);
    await expect(logIn('alice', 'one guess more')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  test('A39 a flood of guesses does not lock out whoever logged in a moment ago', async () => {
    await room.addUser('alice');
    await logIn('alice', testPassword);
    for (let guess = 0; guess < 11; guess += 1) {
      await logIn('alice', `guess number ${guess}`).catch(() => undefined);
    }

    expect((await logIn('alice', testPassword)).name).toBe('alice');
  });

  test('a new password works at once and ends the log-ins of the old one', async () => {
    const alice = await room.addUser('alice');
    const session = await room.credentials.sessions.issue(alice);

    await room.credentials.passwords.change(alice, toBatteryStaple);

    expect((await logIn('alice', 'battery staple')).name).toBe('alice');
    room.clock.advance(4_000);
    await expect(logIn('alice', testPassword)).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    expect(await room.credentials.sessions.verify(session.token)).toBeUndefined();
  });

  test('going back to an earlier password works', async () => {
    const alice = await room.addUser('alice');
    await room.credentials.passwords.change(alice, toBatteryStaple);
    room.clock.advance(10);
    await room.credentials.passwords.change(await logIn('alice', 'battery staple'), {
      current: 'battery staple',
      next: testPassword,
      remoteAddress,
    });

    await logIn('alice', testPassword).catch(() => undefined);

    expect((await logIn('alice', testPassword)).name).toBe('alice');
  });

  test('an inactive account has no power within 5 seconds, on every server', async () => {
    const alice = await room.addUser('alice');
    const other = room.openAnotherServer();
    const { token } = await room.credentials.sessions.issue(alice);
    expect(await other.sessions.verify(token)).toBeDefined();

    await room.accounts.setActive(room.administrator, 'alice', false);
    room.clock.advance(5_000);

    expect(await other.sessions.verify(token)).toBeUndefined();
    expect(await room.credentials.sessions.verify(token)).toBeUndefined();
    await expect(logIn('alice', testPassword)).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });
});
