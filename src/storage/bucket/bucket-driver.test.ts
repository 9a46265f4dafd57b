import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { newBlobKey } from '../blob-key.ts';
import { blobStoreContract } from '../testing/blob-store-contract.ts';
import { createBucketBlobStore } from './bucket-driver.ts';
import { createMemoryBucket } from './memory-bucket.ts';

/** Parts of a size that the contract's bytes come to stand on both sides of. */
const partBytes = 1000;

function openBucket() {
  const bucket = createMemoryBucket({ smallestPartBytes: partBytes });
  return { bucket, store: createBucketBlobStore({ bucket, partBytes, ids: systemIds }) };
}

blobStoreContract('bucket', async () => {
  const { bucket, store } = openBucket();
  const another = () => createBucketBlobStore({ bucket, partBytes, ids: systemIds });
  return { store, another, [Symbol.asyncDispose]: async () => {} };
});

describe('a bucket', () => {
  test('nothing can be read before it is finished', async () => {
    const { store } = openBucket();
    const key = newBlobKey(systemIds);
    const writer = await store.write(key);
    await writer.append(Buffer.alloc(2500));

    await writer.flush();

    expect(await store.read(key)).toBeUndefined();
    expect(await store.size(key)).toBeUndefined();
    expect(await store.list('blobs/', { after: '', limit: 10 })).toEqual([]);
  });

  test('what was flushed and finished, or discarded, leaves nothing beside the object', async () => {
    const { bucket, store } = openBucket();
    const [kept, dropped] = [newBlobKey(systemIds), newBlobKey(systemIds)];
    const flush = async (key: string, resume?: string, bytes = 1700) => {
      const writer = await store.write(key, { resume });
      await writer.append(Buffer.alloc(bytes));
      return writer.flush();
    };
    const small = await flush(kept, undefined, 700);
    await flush(kept, small);
    const token = await flush(kept, small);
    await flush(dropped, await flush(dropped));

    await (await store.write(kept, { resume: token })).finish();
    await store.discard(dropped);

    expect(await bucket.list('', { after: '', limit: 10 })).toEqual([kept]);
    expect(await bucket.listUploads(kept)).toEqual([]);
    expect(await bucket.listUploads(dropped)).toEqual([]);
  });

  test('a writer that lost its turn can’t change what the next one finishes', async () => {
    const { store } = openBucket();
    const key = newBlobKey(systemIds);
    const first = await store.write(key);
    await first.append(Buffer.alloc(1500, 'a'));
    const resume = await first.flush();
    const late = await store.write(key, { resume });
    const next = await store.write(key, { resume });
    await next.append(Buffer.alloc(600, 'b'));

    await late.append(Buffer.alloc(600, 'c'));
    await late.abort();

    await expect(next.finish()).rejects.toThrow('InvalidPart');
    expect(await store.read(key)).toBeUndefined();
  });

  test('a part that was replaced since the flush is found out before more is written', async () => {
    const { store } = openBucket();
    const key = newBlobKey(systemIds);
    const first = await store.write(key);
    await first.append(Buffer.alloc(500, 'a'));
    const early = await first.flush();
    const flushOn = async (letter: string) => {
      const writer = await store.write(key, { resume: early });
      await writer.append(Buffer.alloc(700, letter));
      return writer.flush();
    };
    const [one, other] = [await flushOn('b'), await flushOn('c')];

    await (await store.write(key, { resume: other })).finish();

    const read = await store.read(key);
    expect(read && (await buffer(read)).toString()).toBe(`${'a'.repeat(500)}${'c'.repeat(700)}`);
    await expect(store.write(key, { resume: one })).rejects.toMatchObject({
      code: 'BLOB_STORE_RESUME',
    });
  });
});
