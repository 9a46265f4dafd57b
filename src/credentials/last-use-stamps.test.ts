import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import type { Database } from '#platform/db';
import { findAccessToken, noteLastUse } from './access-token-store.ts';
import { LastUseStamps } from './last-use-stamps.ts';
import { openTestCredentials, type TestCredentials } from './testing/test-credentials.ts';

const options = { kind: 'access tokens', write: noteLastUse };
const signal = new AbortController().signal;

let room: TestCredentials;
let tokenId: string;
let clock: TestClock;

beforeEach(async () => {
  room = await openTestCredentials('sqlite');
  clock = new TestClock();
  const request = { label: 'ci', scope: 'repo:read' } as const;
  tokenId = (await room.credentials.accessTokens.create(room.administrator, request)).id;
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

const lastUsedAt = () =>
  room.database.read(async (tx) => (await findAccessToken(tx, { id: tokenId }))?.lastUsedAt);

test('many uses become one stamp, written when the time has come', async () => {
  await using stamps = new LastUseStamps({ ...options, database: room.database, clock });
  stamps.note(tokenId);
  clock.advance(5);
  stamps.note(tokenId);
  expect(await lastUsedAt()).toBeUndefined();

  await stamps.duty.run(signal);

  expect(await lastUsedAt()).toBe(clock.now());
});

test('an earlier use that is written later changes nothing', async () => {
  await using stamps = new LastUseStamps({ ...options, database: room.database, clock });
  stamps.note(tokenId);
  await stamps.flush();
  const latest = clock.now();
  clock.advance(-1_000);

  stamps.note(tokenId);
  await stamps.flush();

  expect(await lastUsedAt()).toBe(latest);
});

test('what could not be written is written the next time', async () => {
  let isAway = true;
  const transact: Database['transact'] = (work) =>
    isAway ? Promise.reject(new Error('it is away')) : room.database.transact(work);
  await using stamps = new LastUseStamps({ ...options, database: { transact }, clock });
  stamps.note(tokenId);

  await expect(stamps.duty.run(signal)).rejects.toThrow('it is away');
  isAway = false;
  await stamps.duty.run(signal);

  expect(await lastUsedAt()).toBe(clock.now());
});

test('the end writes what is collected', async () => {
  {
    await using stamps = new LastUseStamps({ ...options, database: room.database, clock });
    stamps.note(tokenId);
  }

  expect(await lastUsedAt()).toBe(clock.now());
});
