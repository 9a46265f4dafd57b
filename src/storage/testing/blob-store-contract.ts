import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ids } from '#kernel';
import { systemIds } from '#platform/crypto';
import { newBlobKey } from '../blob-key.ts';
import type { BlobStore, BlobWriter, ByteRange, ResumeToken } from '../blob-store.ts';

export interface BlobStoreFixture extends AsyncDisposable {
  readonly store: BlobStore;
  /** Another server's, over the same bytes. */
  another(): BlobStore;
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

    const fill = async (writer: BlobWriter, chunks: readonly (Uint8Array | string)[]) => {
      for (const chunk of chunks) await writer.append(Buffer.from(chunk));
      return writer;
    };
    const put = async (key: string, ...chunks: readonly (Uint8Array | string)[]) =>
      (await fill(await store.write(key), chunks)).finish();
    /** Adds bytes as another server, after those that the token stands for. */
    const flush = async (
      key: string,
      resume: ResumeToken | undefined,
      ...chunks: readonly (Uint8Array | string)[]
    ) => (await fill(await fixture.another().write(key, { resume }), chunks)).flush();
    const finish = async (key: string, resume: ResumeToken, ...chunks: readonly string[]) =>
      (await fill(await fixture.another().write(key, { resume }), chunks)).finish();
    const get = async (key: string, range?: ByteRange) => {
      const stream = await store.read(key, { range });
      return stream === undefined ? undefined : buffer(stream);
    };

    test('finished bytes are read back as they came', async () => {
      const key = newBlobKey(ids);
      const first = randomBytes(700_000);
      const second = randomBytes(3);

      await put(key, first, second);

      expect((await get(key))?.equals(Buffer.concat([first, second]))).toBe(true);
      expect(await store.size(key)).toBe(700_003);
    });

    test('many small chunks and large ones keep their order', async () => {
      const key = newBlobKey(ids);
      const sizes = [1, 65_536, 0, 3, 2_000_000, 10, 10, 1_048_576, 7];
      const chunks = sizes.map((size) => randomBytes(size));

      await put(key, ...chunks);

      expect((await get(key))?.equals(Buffer.concat(chunks))).toBe(true);
    });

    test('no bytes at all are a blob too', async () => {
      const [key, flushed] = [newBlobKey(ids), newBlobKey(ids)];

      await put(key);
      await finish(flushed, await flush(flushed, undefined));

      for (const empty of [key, flushed]) {
        expect(await get(empty)).toEqual(Buffer.alloc(0));
        expect(await store.size(empty)).toBe(0);
      }
    });

    test('a key that was never written does not exist', async () => {
      const key = newBlobKey(ids);

      expect(await store.read(key)).toBeUndefined();
      expect(await store.size(key)).toBeUndefined();
      await expect(store.remove(key)).resolves.toBeUndefined();
      await expect(store.discard(key)).resolves.toBeUndefined();
    });

    test('another server goes on after what was flushed, as often as it takes', async () => {
      const key = newBlobKey(ids);
      const sizes = [1, 999, 1000, 0, 1001, 1, 2999, 70_000, 5];
      const chunks = sizes.map((size) => randomBytes(size));

      let token: ResumeToken | undefined;
      for (const chunk of chunks) {
        token = await flush(key, token, chunk);
        expect(Buffer.byteLength(token)).toBeLessThanOrEqual(4096);
      }
      await finish(key, token ?? '', 'the end');

      const whole = Buffer.concat([...chunks, Buffer.from('the end')]);
      expect((await get(key))?.equals(whole)).toBe(true);
    });

    test('writing goes on after a token and drops what came later', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'x'.repeat(1500), 'keep this');
      await flush(key, token, ', not that'.repeat(300));

      await finish(key, token, ' and more');

      expect((await get(key))?.toString()).toBe(`${'x'.repeat(1500)}keep this and more`);
    });

    test('what is finished after a token without more bytes ends where the token stands', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'all of it');
      await flush(key, token, ', and what broke off');

      await finish(key, token);

      expect((await get(key))?.toString()).toBe('all of it');
    });

    test('writing without a token starts afresh', async () => {
      const key = newBlobKey(ids);
      await flush(key, undefined, 'a long first try');

      await put(key, 'short');

      expect((await get(key))?.toString()).toBe('short');
    });

    test('a token whose bytes are gone, or that is none, is refused', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'y'.repeat(2500));
      await store.discard(key);

      for (const resume of [token, '', '-1', 'x', 'null', '{}', '1e3']) {
        await expect(store.write(key, { resume })).rejects.toMatchObject({
          code: 'BLOB_STORE_RESUME',
        });
      }
    });

    test('an aborted writer leaves the bytes before its token', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'acknowledged');

      const writer = await store.write(key, { resume: token });
      await writer.append(Buffer.from(' and lost'.repeat(200)));
      await writer.abort();
      await finish(key, token, '!');

      expect((await get(key))?.toString()).toBe('acknowledged!');
    });

    test('a range has both its ends', async () => {
      const key = newBlobKey(ids);
      await put(key, '0123456789');

      expect((await get(key, { first: 2, last: 4 }))?.toString()).toBe('234');
      expect((await get(key, { first: 0, last: 0 }))?.toString()).toBe('0');
      expect((await get(key, { first: 9, last: 9 }))?.toString()).toBe('9');
    });

    test('a range of a long key is read to its last byte', async () => {
      const key = newBlobKey(ids);
      const bytes = randomBytes(1_000_000);
      await put(key, bytes);

      const part = await get(key, { first: 100_000, last: 899_999 });

      expect(part?.equals(bytes.subarray(100_000, 900_000))).toBe(true);
    });

    test('fewer bytes than the range names are an error before the first byte', async () => {
      const key = newBlobKey(ids);
      await put(key, '0123456789');

      for (const first of [0, 10]) {
        await expect(store.read(key, { range: { first, last: 10 } })).rejects.toMatchObject({
          code: 'BLOB_STORE_SHORT',
        });
      }
    });

    test('unfinished bytes are read as far as their token goes, or are said to be unreadable', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'x'.repeat(1500), 'acknowledged');
      await flush(key, token, ', and more');

      const reading = store.readUnfinished(key, token).then((stream) => buffer(stream));
      const lost = { code: 'BLOB_STORE_RESUME' };
      if (driver.includes('bucket')) await expect(reading).rejects.toMatchObject(lost);
      else expect((await reading).toString()).toBe(`${'x'.repeat(1500)}acknowledged`);
      await store.discard(key);

      await expect(store.readUnfinished(key, token)).rejects.toMatchObject(lost);
    });

    test('a removed key is gone', async () => {
      const key = newBlobKey(ids);
      await put(key, 'gone soon');

      await store.remove(key);

      expect(await store.read(key)).toBeUndefined();
    });

    test('a discarded key is gone, finished or not', async () => {
      const [finished, unfinished] = [newBlobKey(ids), newBlobKey(ids)];
      await put(finished, 'gone soon');
      const resume = await flush(unfinished, undefined, 'gone soon');

      await store.discard(finished);
      await store.discard(unfinished);

      expect(await store.read(finished)).toBeUndefined();
      await expect(store.write(unfinished, { resume })).rejects.toMatchObject({
        code: 'BLOB_STORE_RESUME',
      });
    });

    test('keys are listed by prefix, in byte order and in pages', async () => {
      const keys = [
        'logs/1-1/b',
        'logs/1-1/a',
        'logs/1-10/a',
        'logs/1-1.x',
        'blobs/aa/1',
        'logs/2',
      ];
      for (const key of keys) await put(key, key);
      const list = (prefix: string, after = '', limit = 10) => store.list(prefix, { after, limit });

      expect(await list('logs/1-1/')).toEqual(['logs/1-1/a', 'logs/1-1/b']);
      expect(await list('logs/1-1')).toEqual([
        'logs/1-1.x',
        'logs/1-1/a',
        'logs/1-1/b',
        'logs/1-10/a',
      ]);
      expect(await list('logs/', '', 2)).toEqual(['logs/1-1.x', 'logs/1-1/a']);
      expect(await list('logs/', 'logs/1-1/a', 2)).toEqual(['logs/1-1/b', 'logs/1-10/a']);
      expect(await list('', 'logs/1-10/a')).toEqual(['logs/2']);
      expect(await list('nothing/')).toEqual([]);
    });

    test('many keys are written at the same time', async () => {
      const blobs = Array.from({ length: 40 }, () => ({
        key: newBlobKey(ids),
        bytes: randomBytes(5000),
      }));

      await Promise.all(blobs.map(({ key, bytes }) => put(key, bytes)));

      for (const { key, bytes } of blobs) expect((await get(key))?.equals(bytes)).toBe(true);
    });

    test('whoever stops is told so, and what was flushed stays', async () => {
      const key = newBlobKey(ids);
      const token = await flush(key, undefined, 'flushed');
      const stopping = new AbortController();
      const { signal } = stopping;
      const writer = await store.write(key, { resume: token, signal });

      stopping.abort(new Error('enough'));

      await expect(writer.append(Buffer.from('more'))).rejects.toThrow('enough');
      await writer.abort();
      await expect(store.write(key, { signal })).rejects.toThrow('enough');
      await expect(store.read(key, { signal })).rejects.toThrow('enough');
      await finish(key, token);
      expect((await get(key))?.toString()).toBe('flushed');
    });

    test.each(['../x', 'a/../../x', '/etc/passwd', 'A/b', 'a//b', 'a/\0', '', '.', 'a/.b'])(
      'the key %j leads nowhere',
      async (key) => {
        const failed = { code: 'BLOB_STORE_FAILED' };
        await expect(store.read(key)).rejects.toMatchObject(failed);
        await expect(store.write(key)).rejects.toMatchObject(failed);
        await expect(store.size(key)).rejects.toMatchObject(failed);
        await expect(store.remove(key)).rejects.toMatchObject(failed);
        await expect(store.discard(key)).rejects.toMatchObject(failed);
      },
    );
  });
}
