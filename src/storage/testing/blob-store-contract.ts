import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ids } from '#kernel';
import { systemIds } from '#platform/crypto';
import { newBlobKey } from '../blob-key.ts';
import type { BlobStore, ByteRange } from '../blob-store.ts';

export interface BlobStoreFixture extends AsyncDisposable {
  readonly store: BlobStore;
}

/** What every driver of `BlobStore` keeps to. A driver's own test is one call of this. */
export function blobStoreContract(driver: string, open: () => Promise<BlobStoreFixture>): void {
  describe(`a blob store (${driver})`, () => {
    const ids: Ids = systemIds;
    let fixture: BlobStoreFixture;
    let store: BlobStore;

    beforeEach(async () => {
      fixture = await open();
      store = fixture.store;
    });
    afterEach(() => fixture[Symbol.asyncDispose]());

    const put = async (key: string, offset: number, ...chunks: readonly Uint8Array[]) => {
      const writer = await store.write(key, offset);
      for (const chunk of chunks) await writer.append(chunk);
      await writer.commit();
    };
    const get = async (key: string, range?: ByteRange) => {
      const stream = await store.read(key, range);
      return stream === undefined ? undefined : buffer(stream);
    };

    test('committed bytes are read back as they came', async () => {
      const key = newBlobKey(ids);
      const first = randomBytes(700_000);
      const second = randomBytes(3);

      await put(key, 0, first, second);

      expect((await get(key))?.equals(Buffer.concat([first, second]))).toBe(true);
      expect(await store.size(key)).toBe(700_003);
    });

    test('many small chunks and large ones keep their order', async () => {
      const key = newBlobKey(ids);
      const sizes = [1, 65_536, 0, 3, 2_000_000, 10, 10, 1_048_576, 7];
      const chunks = sizes.map((size) => randomBytes(size));

      await put(key, 0, ...chunks);

      expect((await get(key))?.equals(Buffer.concat(chunks))).toBe(true);
    });

    test('no bytes at all are a blob too', async () => {
      const key = newBlobKey(ids);

      await put(key, 0);

      expect(await get(key)).toEqual(Buffer.alloc(0));
      expect(await store.size(key)).toBe(0);
    });

    test('a key that was never written does not exist', async () => {
      const key = newBlobKey(ids);

      expect(await store.read(key)).toBeUndefined();
      expect(await store.size(key)).toBeUndefined();
      await expect(store.remove(key)).resolves.toBeUndefined();
    });

    test('writing goes on at an offset and drops what lies behind it', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('keep this, not that'));

      await put(key, 9, Buffer.from(' and more'));

      expect((await get(key))?.toString()).toBe('keep this and more');
    });

    test('writing at 0 starts afresh', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('a long first try'));

      await put(key, 0, Buffer.from('short'));

      expect((await get(key))?.toString()).toBe('short');
    });

    test('an offset beyond the bytes that are there is refused', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('four'));

      await expect(store.write(key, 5)).rejects.toMatchObject({ code: 'BLOB_STORE_OFFSET' });
      await expect(store.write(newBlobKey(ids), 1)).rejects.toMatchObject({
        code: 'BLOB_STORE_OFFSET',
      });
    });

    test('an aborted append leaves the bytes before its offset', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('acknowledged'));

      const writer = await store.write(key, 12);
      await writer.append(Buffer.from(' and lost'));
      await writer.abort();
      await put(key, 12, Buffer.from('!'));

      expect((await get(key))?.toString()).toBe('acknowledged!');
    });

    test('a range has both its ends', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('0123456789'));

      expect((await get(key, { first: 2, last: 4 }))?.toString()).toBe('234');
      expect((await get(key, { first: 0, last: 0 }))?.toString()).toBe('0');
      expect((await get(key, { first: 9, last: 9 }))?.toString()).toBe('9');
    });

    test('fewer bytes than the range names are an error before the first byte', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('0123456789'));

      await expect(store.read(key, { first: 0, last: 10 })).rejects.toMatchObject({
        code: 'BLOB_STORE_FAILED',
      });
    });

    test('a removed key is gone', async () => {
      const key = newBlobKey(ids);
      await put(key, 0, Buffer.from('gone soon'));

      await store.remove(key);

      expect(await store.read(key)).toBeUndefined();
    });

    test('many keys are written at the same time', async () => {
      const blobs = Array.from({ length: 40 }, () => ({
        key: newBlobKey(ids),
        bytes: randomBytes(5000),
      }));

      await Promise.all(blobs.map(({ key, bytes }) => put(key, 0, bytes)));

      for (const { key, bytes } of blobs) expect((await get(key))?.equals(bytes)).toBe(true);
    });

    test.each(['../x', 'a/../../x', '/etc/passwd', 'A/b', 'a//b', 'a/\0', '', '.', 'a/.b'])(
      'the key %j leads nowhere',
      async (key) => {
        await expect(store.read(key)).rejects.toMatchObject({ code: 'BLOB_STORE_FAILED' });
        await expect(store.write(key, 0)).rejects.toMatchObject({ code: 'BLOB_STORE_FAILED' });
        await expect(store.remove(key)).rejects.toMatchObject({ code: 'BLOB_STORE_FAILED' });
      },
    );
  });
}
