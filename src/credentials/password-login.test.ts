import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCredentialStanding } from './credential-standing.ts';
import { createLoginLimits } from './login-limits.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';
import { createPasswordLogin, type PasswordLogin } from './password-login.ts';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

let room: TestCredentials;
let checks: (string | undefined)[];
let logIn: PasswordLogin;

/** A real hasher that tells what it was asked to check. */
function watchedHasher(): PasswordHasher {
  const hasher = createPasswordHasher({ cost: { memoryKibibytes: 64, passes: 1, lanes: 1 } });
  return {
    hash: (password) => hasher.hash(password),
    check: (phc, password, from) => {
      checks.push(phc);
      return hasher.check(phc, password, from);
    },
  };
}

beforeEach(async () => {
  room = await openTestCredentials('sqlite');
  checks = [];
  logIn = createPasswordLogin({
    ...room,
    hasher: watchedHasher(),
    limits: createLoginLimits(room.clock),
    standing: createCredentialStanding(room),
  });
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

const attempt = (name: string, password: string) =>
  logIn({ name, password, remoteAddress: '192.0.2.7' });

test('A39 an unknown name costs the same check as a known one', async () => {
  expect(await attempt('root', 'wrong password')).toBeUndefined();
  expect(await attempt('nobody', 'wrong password')).toBeUndefined();

  expect(checks).toHaveLength(2);
  expect(checks[1]).toBeUndefined();
});

test('a right password is checked once a minute, however often it is sent', async () => {
  await Promise.all(Array.from({ length: 10 }, () => attempt('root', testPassword)));
  await attempt('root', testPassword);
  expect(checks).toHaveLength(1);

  room.clock.advance(60_000);
  await attempt('root', testPassword);

  expect(checks).toHaveLength(2);
});

test('a wrong password is checked each time', async () => {
  await attempt('root', 'wrong password');
  await attempt('root', 'wrong password');

  expect(checks).toHaveLength(2);
});

test('A39 a password that is remembered is found by no more guesses than others, elsewhere and in a flood', async () => {
  await attempt('root', testPassword);
  const elsewhere = '192.0.2.99';
  for (let guess = 0; guess < 10; guess += 1) {
    await logIn({ name: 'root', password: `guess ${guess}`, remoteAddress: elsewhere });
  }

  await expect(
    logIn({ name: 'root', password: testPassword, remoteAddress: elsewhere }),
  ).rejects.toMatchObject({ code: 'TOO_MANY_TRIES' });

  for (let guess = 0; guess < 210; guess += 1) {
    await attempt('root', `guess ${guess}`).catch(() => undefined);
  }
  await expect(attempt('root', testPassword)).rejects.toMatchObject({ code: 'TOO_MANY_TRIES' });
});

test('a waiting account is not checked at all', async () => {
  for (let guess = 0; guess < 10; guess += 1) await attempt('root', `guess ${guess}`);

  await expect(attempt('root', testPassword)).rejects.toMatchObject({ code: 'TOO_MANY_TRIES' });

  expect(checks).toHaveLength(10);
});
