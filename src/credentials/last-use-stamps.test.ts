import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Clock } from '#kernel';
import { findAccessToken } from './access-token-store.ts';
import { LastUseStamps } from './last-use-stamps.ts';
import { openTestCredentials, type TestCredentials } from './testing/test-credentials.ts';

let room: TestCredentials;
let tokenId: string;
let now: number;
let wakeUp: () => void;

/** Sleeps until it is woken. */
const clock: Clock = {
  now: () => now,
  sleep: (_milliseconds, signal) =>
    new Promise((resolve, reject) => {
      wakeUp = resolve;
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};

beforeEach(async () => {
  room = await openTestCredentials('sqlite');
  now = room.clock.now();
  const request = { label: 'ci', scope: 'repo:read' } as const;
  tokenId = (await room.credentials.accessTokens.create(room.administrator, request)).id;
});
afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

const lastUsedAt = () =>
  room.database.read(async (tx) => (await findAccessToken(tx, { id: tokenId }))?.lastUsedAt);

test('many uses become one stamp, written when the time has come', async () => {
  await using stamps = new LastUseStamps({ database: room.database, clock });
  stamps.note(tokenId);
  now += 5;
  stamps.note(tokenId);
  expect(await lastUsedAt()).toBeUndefined();

  wakeUp();

  await vi.waitFor(async () => expect(await lastUsedAt()).toBe(now));
});

test('an earlier use that is written later changes nothing', async () => {
  await using stamps = new LastUseStamps({ database: room.database, clock });
  stamps.note(tokenId);
  await stamps.flush();
  const latest = now;
  now -= 1_000;

  stamps.note(tokenId);
  await stamps.flush();

  expect(await lastUsedAt()).toBe(latest);
});
