import { expect, onTestFinished, test, vi } from 'vitest';
import { TestClock } from '#kernel/testing';
import { digestOf } from '#platform/crypto';
import { openTestDatabase } from '#platform/db/testing';
import { createMemoryBlobStore } from '#storage';
import { registryMigrations } from '../registry-migrations.ts';
import { WholeBlobs } from './whole-blobs.ts';

const copy = { key: 'blobs/aa/1', size: 5 };
const digest = digestOf(Buffer.from('bytes'));

async function openStore() {
  const database = await openTestDatabase('sqlite', registryMigrations);
  onTestFinished(() => database[Symbol.asyncDispose]());
  const store = createMemoryBlobStore();
  const writer = await store.write(copy.key);
  await writer.append(Buffer.from('bytes'));
  await writer.finish();
  const clock = new TestClock();
  const asking = vi.spyOn(store, 'size');
  return { store, clock, asking, whole: new WholeBlobs({ database, store, clock }) };
}

test('what was found whole is asked for again after some minutes', async () => {
  const { store, clock, asking, whole } = await openStore();

  const found = [await whole.check(digest, copy), await whole.check(digest, copy)];
  await store.remove(copy.key);
  clock.advance(5 * 60_000);
  found.push(await whole.check(digest, copy));

  expect(found).toEqual([true, true, false]);
  expect(asking).toHaveBeenCalledTimes(2);
});

test('what is not whole is asked for each time', async () => {
  const { asking, whole } = await openStore();
  const longer = { ...copy, size: 6 };

  expect([await whole.check(digest, longer), await whole.check(digest, longer)]).toEqual([
    false,
    false,
  ]);
  expect(asking).toHaveBeenCalledTimes(2);
});

test('who brings bytes that may be gone asks whatever is known', async () => {
  const { store, whole } = await openStore();
  whole.remember(digest);
  await store.remove(copy.key);

  expect(await whole.ask(digest, copy)).toBe(false);
  expect(whole.isKnown(digest)).toBe(false);
});

test('the one that was seen first gives way when there are many', async () => {
  const { whole } = await openStore();
  const digests = Array.from({ length: 10_001 }, (_, index) => digestOf(Buffer.from(`${index}`)));

  for (const each of digests) whole.remember(each);

  expect(digests.filter((each) => !whole.isKnown(each))).toEqual([digests[0]]);
});
