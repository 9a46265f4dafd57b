import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { digestOf } from '#platform/crypto';
import { statement } from '#platform/db';
import {
  chunksOf,
  descriptorOf,
  imageOf,
  pushBlob,
  pushImage,
  readBlob,
  visitOf,
} from './content.ts';
import type { OpenRegistry, RegistryFixture } from './registry-fixture.ts';

const minute = 60_000;

export function uploadsContract(open: OpenRegistry): void {
  const visit = visitOf(1);

  describe('uploads', () => {
    test('a blob in one piece can be read back', async () => {
      await using fixture = await open();
      const bytes = randomBytes(300_000);

      const blob = await pushBlob(fixture.registry, visit, bytes);

      expect(blob).toEqual(descriptorOf(bytes));
      expect(await fixture.registry.blobs.find(visit, blob.digest)).toEqual(blob);
      expect((await readBlob(fixture.registry, visit, blob.digest))?.equals(bytes)).toBe(true);
    });

    test('chunks are put together in order, and the closing request needs no bytes', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const bytes = randomBytes(200_000);

      const { id } = await uploads.start(visit);
      for (const [offset, end] of [
        [0, 50_000],
        [50_000, 50_001],
        [50_001, 200_000],
      ] as const) {
        const body = { bytes: chunksOf(bytes.subarray(offset, end)), offset };
        expect(await uploads.append(visit, id, body)).toEqual({ id, receivedBytes: end });
      }
      await uploads.finish(visit, id, digestOf(bytes));

      expect((await readBlob(fixture.registry, visit, digestOf(bytes)))?.equals(bytes)).toBe(true);
    });

    test('the last bytes may come with the closing request', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;

      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('first ')) });
      const rest = { bytes: chunksOf(Buffer.from('last')), offset: 6 };
      const blob = await uploads.finish(visit, id, digestOf(Buffer.from('first last')), rest);

      expect((await readBlob(fixture.registry, visit, blob.digest))?.toString()).toBe('first last');
    });

    test('another server closes an upload without reading its bytes again', async () => {
      await using fixture = await open();
      const [first, second] = [fixture.registry.uploads, fixture.another().uploads];
      const bytes = randomBytes(2500);

      const { id } = await first.start(visit);
      await first.append(visit, id, { bytes: chunksOf(bytes) });
      const reading = vi.spyOn(fixture.store, 'read');
      await second.finish(visit, id, digestOf(bytes));

      expect(reading).not.toHaveBeenCalled();
      expect((await readBlob(fixture.registry, visit, digestOf(bytes)))?.equals(bytes)).toBe(true);
    });

    test('wrong bytes that two servers took are found out when they are whole', async () => {
      await using fixture = await open();
      const [first, second] = [fixture.registry.uploads, fixture.another().uploads];
      const digest = digestOf(Buffer.from('one two'));

      const { id } = await first.start(visit);
      await first.append(visit, id, { bytes: chunksOf(Buffer.from('one ')) });
      await second.append(visit, id, { bytes: chunksOf(Buffer.from('six')) });

      await expect(first.finish(visit, id, digest)).rejects.toMatchObject({
        code: 'DIGEST_MISMATCH',
      });
      expect(await uploadKeys(fixture)).toEqual([]);
      expect(await fixture.store.list('', { after: '', limit: 9 })).toEqual([]);
    });

    test('a closing request after one that broke off ends where the upload stood', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const bytes = Buffer.from('all of it');
      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(bytes) });
      const brokenOff = async function* () {
        yield randomBytes(5000);
        throw new Error('the connection was reset');
      };
      await expect(uploads.append(visit, id, { bytes: brokenOff() })).rejects.toThrow('reset');

      const blob = await uploads.finish(visit, id, digestOf(bytes));

      expect(await fixture.another().blobs.find(visit, blob.digest)).toEqual(blob);
      expect(await readBlob(fixture.registry, visit, blob.digest)).toEqual(bytes);
    });

    test('another server goes on with an upload, and closes it', async () => {
      await using fixture = await open();
      const [first, second] = [fixture.registry.uploads, fixture.another().uploads];

      const { id } = await first.start(visit);
      await first.append(visit, id, { bytes: chunksOf(Buffer.from('one ')) });
      await second.append(visit, id, { bytes: chunksOf(Buffer.from('two ')) });
      await first.append(visit, id, { bytes: chunksOf(Buffer.from('three')) });
      const blob = await second.finish(visit, id, digestOf(Buffer.from('one two three')));

      expect((await readBlob(fixture.registry, visit, blob.digest))?.length).toBe(13);
    });

    test('an empty blob is a blob', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;

      const { id } = await uploads.start(visit);
      const blob = await uploads.finish(visit, id, digestOf(Buffer.alloc(0)));

      expect(await readBlob(fixture.registry, visit, blob.digest)).toEqual(Buffer.alloc(0));
    });

    test('an upload that was opened and filled by the closing request alone is a blob', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const bytes = randomBytes(100_000);

      const { id } = await uploads.start(visit);
      const body = { bytes: chunksOf(bytes) };

      expect(await uploads.finish(visit, id, digestOf(bytes), body)).toEqual(descriptorOf(bytes));
    });

    test('a blob in one piece that is wrong or breaks off leaves nothing', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const digest = digestOf(Buffer.from('promised'));
      const brokenOff = async function* () {
        yield Buffer.from('prom');
        throw new Error('the connection was reset');
      };

      const wrong = uploads.put(visit, digest, { bytes: chunksOf(Buffer.from('other')) });
      await expect(wrong).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
      await expect(uploads.put(visit, digest, { bytes: brokenOff() })).rejects.toThrow('reset');

      expect(await uploadKeys(fixture)).toEqual([]);
    });

    test('sha512 is a digest like sha256, with chunks too', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const bytes = randomBytes(1000);
      const digest = digestOf(bytes, 'sha512');

      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(bytes.subarray(0, 400)) });
      await uploads.finish(visit, id, digest, { bytes: chunksOf(bytes.subarray(400)) });

      expect((await readBlob(fixture.registry, visit, digest))?.equals(bytes)).toBe(true);
    });

    test('wrong bytes under a digest are refused and nothing of them stays', async () => {
      await using fixture = await open();
      const { uploads, blobs } = fixture.registry;
      const digest = digestOf(Buffer.from('what was promised'));

      const { id } = await uploads.start(visit);
      const body = { bytes: chunksOf(Buffer.from('something else')) };

      await expect(uploads.finish(visit, id, digest, body)).rejects.toMatchObject({
        code: 'DIGEST_MISMATCH',
      });
      expect(await blobs.find(visit, digest)).toBeUndefined();
      await expect(uploads.find(visit, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
    });

    test('a chunk that does not begin where the upload stands is refused', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('0123')), offset: 0 });

      for (const offset of [0, 3, 5]) {
        const body = { bytes: chunksOf(Buffer.from('45')), offset };
        await expect(uploads.append(visit, id, body)).rejects.toMatchObject({
          code: 'RANGE_INVALID',
        });
      }
      expect(await uploads.find(visit, id)).toEqual({ id, receivedBytes: 4 });
    });

    test('a sender that breaks off leaves the upload where it stood', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('kept ')) });

      const brokenOff = async function* () {
        yield Buffer.from('lost');
        throw new Error('the connection was reset');
      };
      await expect(uploads.append(visit, id, { bytes: brokenOff() })).rejects.toThrow('reset');
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('and more')), offset: 5 });
      const blob = await uploads.finish(visit, id, digestOf(Buffer.from('kept and more')));

      expect((await readBlob(fixture.registry, visit, blob.digest))?.toString()).toBe(
        'kept and more',
      );
    });

    test('A15 an upload belongs to one repository and one subject', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);

      for (const stranger of [visitOf(2), visitOf(1, { subject: 'user-2' })]) {
        const unknown = { code: 'BLOB_UPLOAD_UNKNOWN' };
        const body = () => ({ bytes: chunksOf(Buffer.from('x')) });
        await expect(uploads.find(stranger, id)).rejects.toMatchObject(unknown);
        await expect(uploads.append(stranger, id, body())).rejects.toMatchObject(unknown);
        await expect(uploads.cancel(stranger, id)).rejects.toMatchObject(unknown);
        await expect(
          uploads.finish(stranger, id, digestOf(Buffer.from('x')), body()),
        ).rejects.toMatchObject(unknown);
      }
      expect(await uploads.find(visit, id)).toEqual({ id, receivedBytes: 0 });
    });

    test('A15 one request writes at a time, and an upload is finished once', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      const gate = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const slowly = async function* () {
        started.resolve();
        yield Buffer.from('slow');
        await gate.promise;
      };

      const slow = uploads.append(visit, id, { bytes: slowly() });
      await started.promise;
      const hasty = uploads.append(visit, id, { bytes: chunksOf(Buffer.from('hasty')) });
      await expect(hasty).rejects.toMatchObject({ code: 'BLOB_UPLOAD_BUSY' });
      gate.resolve();
      await slow;
      await uploads.finish(visit, id, digestOf(Buffer.from('slow')));

      await expect(uploads.finish(visit, id, digestOf(Buffer.from('slow')))).rejects.toMatchObject({
        code: 'BLOB_UPLOAD_UNKNOWN',
      });
    });

    test('a writer that hung gives way, and notices', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      const gate = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const hanging = async function* () {
        yield Buffer.from('hung ');
        started.resolve();
        await gate.promise;
        yield Buffer.from('too late');
      };

      const hung = uploads.append(visit, id, { bytes: hanging() });
      await started.promise;
      fixture.clock.advance(minute);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('quick')) });
      gate.resolve();

      await expect(hung).rejects.toMatchObject({ code: 'BLOB_UPLOAD_BUSY' });
      const blob = await uploads.finish(visit, id, digestOf(Buffer.from('quick')));
      expect((await readBlob(fixture.registry, visit, blob.digest))?.toString()).toBe('quick');
    });

    test('a canceled upload is gone with its bytes', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('never mind')) });
      const keys = await uploadKeys(fixture);

      await uploads.cancel(visit, id);

      await expect(uploads.find(visit, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
      for (const key of keys) expect(await fixture.store.size(key)).toBeUndefined();
    });

    test('A15 an upload that nobody goes on with expires, and its bytes go', async () => {
      await using fixture = await open();
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      await uploads.append(visit, id, { bytes: chunksOf(Buffer.from('forgotten')) });
      const keys = await uploadKeys(fixture);

      fixture.clock.advance(25 * 60 * minute);

      await expect(uploads.find(visit, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
      expect(await uploads.removeExpired()).toBe(1);
      expect(await uploads.removeExpired()).toBe(0);
      for (const key of keys) expect(await fixture.store.size(key)).toBeUndefined();
    });

    test('an expired upload that can not be removed keeps none of the others', async () => {
      await using fixture = await open();
      const { store, registry } = fixture;
      for (const text of ['one', 'two', 'three']) {
        const { id } = await registry.uploads.start(visit);
        await registry.uploads.append(visit, id, { bytes: chunksOf(Buffer.from(text)) });
      }
      const [stuck, ...others] = await uploadKeys(fixture);
      const discard = store.discard.bind(store);
      store.discard = async (key) => {
        if (key === stuck) throw new Error('the disk says no');
        await discard(key);
      };
      fixture.clock.advance(25 * 60 * minute);

      const removing = registry.uploads.removeExpired();

      await expect(removing).rejects.toThrow('1 uploads could not be removed');
      for (const key of others) expect(await store.size(key)).toBeUndefined();
      store.discard = discard;
      fixture.clock.advance(minute);
      expect(await registry.uploads.removeExpired()).toBe(1);
    });

    test('A42 a blob larger than the limit is refused while it comes', async () => {
      await using fixture = await open({ largestBlobBytes: 1000 });
      const { uploads } = fixture.registry;
      const { id } = await uploads.start(visit);
      let sent = 0;
      const endless = async function* () {
        for (;;) {
          sent += 400;
          yield Buffer.alloc(400);
        }
      };

      await expect(uploads.append(visit, id, { bytes: endless() })).rejects.toMatchObject({
        code: 'BLOB_TOO_LARGE',
      });
      expect(sent).toBe(1200);
    });

    test('of two uploads of one digest one keeps its bytes', async () => {
      await using fixture = await open();
      const bytes = randomBytes(5000);

      await Promise.all([
        pushBlob(fixture.registry, visitOf(1), bytes),
        pushBlob(fixture.registry, visitOf(2), bytes),
        pushBlob(fixture.another(), visitOf(3), bytes),
      ]);

      for (const id of [1, 2, 3]) {
        const read = await readBlob(fixture.registry, visitOf(id), digestOf(bytes));
        expect(read?.equals(bytes)).toBe(true);
      }
      expect(await copies(fixture)).toHaveLength(1);
      expect(await uploadKeys(fixture)).toEqual([]);
    });
  });

  describe('blobs', () => {
    test('A2 a blob is read through a repository that links it only', async () => {
      await using fixture = await open();
      const { blobs } = fixture.registry;
      const { digest } = await pushBlob(fixture.registry, visitOf(1));

      expect(await blobs.find(visitOf(2), digest)).toBeUndefined();
      expect(await blobs.get(visitOf(2), digest)).toBeUndefined();
    });

    test('a part of a blob can be read', async () => {
      await using fixture = await open();
      const { digest } = await pushBlob(fixture.registry, visit, Buffer.from('0123456789'));

      const blob = await fixture.registry.blobs.get(visit, digest);
      const part = await blob?.read({ range: { first: 3, last: 5 } });

      expect(part && (await buffer(part)).toString()).toBe('345');
    });

    test('a mounted blob is readable in both repositories', async () => {
      await using fixture = await open();
      const { blobs } = fixture.registry;
      const blob = await pushBlob(fixture.registry, visitOf(1));

      expect(await blobs.mount(visitOf(2), blob.digest, 1)).toEqual(blob);
      expect(await blobs.find(visitOf(2), blob.digest)).toEqual(blob);
      expect(await blobs.mount(visitOf(4), blob.digest, 3)).toBeUndefined();
    });

    test('A3 a blob taken out of one repository stays in the other', async () => {
      await using fixture = await open();
      const { blobs } = fixture.registry;
      const blob = await pushBlob(fixture.registry, visitOf(1));
      await blobs.mount(visitOf(2), blob.digest, 1);

      await blobs.unlink(visitOf(1), blob.digest);

      expect(await blobs.find(visitOf(2), blob.digest)).toEqual(blob);
      expect(await blobs.find(visitOf(1), blob.digest)).toBeUndefined();
      await expect(blobs.unlink(visitOf(1), blob.digest)).rejects.toMatchObject({
        code: 'BLOB_UNKNOWN',
      });
    });

    test('a layer that is deleted after its image is gone at once, for every server', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const { digest, layer } = await pushImage(registry, visit, 'v1');
      const other = fixture.another();
      expect(await readBlob(other, visit, layer.digest)).toBeDefined();

      await registry.manifests.remove(visit, digest);
      await registry.blobs.unlink(visit, layer.digest);

      for (const server of [registry, other]) {
        expect(await server.blobs.get(visit, layer.digest)).toBeUndefined();
        expect(await server.blobs.find(visit, layer.digest)).toBeUndefined();
        expect(await server.blobs.mount(visitOf(2), layer.digest, 1)).toBeUndefined();
      }
    });

    test.each(['lost', 'cut short'])(
      'A16 bytes that the store has %s count as missing until a push brings them again',
      async (fate) => {
        await using fixture = await open();
        const { registry, store } = fixture;
        const bytes = randomBytes(500);
        const { digest } = await pushBlob(registry, visit, bytes);
        const [key = ''] = await copies(fixture);
        await store.remove(key);
        if (fate === 'cut short') await (await store.write(key)).finish();

        expect(await readBlob(registry, visit, digest)).toBeUndefined();
        expect(await registry.blobs.find(visit, digest)).toBeUndefined();
        await pushBlob(registry, visit, bytes);

        expect((await readBlob(registry, visit, digest))?.equals(bytes)).toBe(true);
        expect(await copies(fixture)).not.toContain(key);
      },
    );

    test.each(['get', 'find', 'mount'] as const)(
      'A16 a copy that a %s finds missing is condemned for every server, and replaced by the next push',
      async (way) => {
        await using fixture = await open();
        const { registry, store, clock } = fixture;
        const bytes = randomBytes(500);
        const { digest } = await pushBlob(registry, visit, bytes);
        const [key = ''] = await copies(fixture);
        await store.remove(key);
        clock.advance(6 * minute);

        if (way === 'get') expect(await readBlob(registry, visit, digest)).toBeUndefined();
        if (way === 'find') expect(await registry.blobs.find(visit, digest)).toBeUndefined();
        if (way === 'mount') {
          expect(await registry.blobs.mount(visitOf(2), digest, 1)).toBeUndefined();
        }
        expect(await copies(fixture)).toEqual([]);
        expect(await fixture.another().blobs.get(visit, digest)).toBeUndefined();
        await pushBlob(registry, visitOf(3), bytes);

        expect((await readBlob(registry, visit, digest))?.equals(bytes)).toBe(true);
        clock.advance(61 * minute);
        expect(await registry.uploads.removeExpired()).toBe(1);
        expect(await store.list('', { after: '', limit: 9 })).toEqual(await copies(fixture));
      },
    );

    test('A16 a manifest that comes to need a copy that is missing condemns it', async () => {
      await using fixture = await open();
      const { registry, store, clock } = fixture;
      const blob = await pushBlob(registry, visit);
      for (const key of await copies(fixture)) await store.remove(key);
      clock.advance(6 * minute);

      await expect(registry.manifests.put(visit, imageOf('v1', [blob]))).rejects.toMatchObject({
        code: 'MANIFEST_BLOB_UNKNOWN',
      });
      expect(await copies(fixture)).toEqual([]);
    });

    test('A16 a copy that was not to be had for a while counts again, without a push', async () => {
      await using fixture = await open();
      const { registry, store, clock } = fixture;
      const bytes = randomBytes(500);
      const { digest } = await pushBlob(registry, visit, bytes);
      clock.advance(6 * minute);
      const size = vi.spyOn(store, 'size').mockResolvedValue(undefined);

      expect(await registry.blobs.find(visit, digest)).toBeUndefined();
      expect(await copies(fixture)).toEqual([]);
      size.mockRestore();

      expect(await registry.blobs.find(visitOf(2), digest)).toBeUndefined();
      expect((await readBlob(registry, visit, digest))?.equals(bytes)).toBe(true);
      expect(await copies(fixture)).toHaveLength(1);
    });

    test('A16 a push over bytes that the store has lost is told to send them again', async () => {
      await using fixture = await open();
      const image = await pushImage(fixture.registry, visit, 'v1');
      const again = imageOf('v2', [image.config, image.layer]);
      for (const key of await copies(fixture)) await fixture.store.remove(key);
      const { blobs, manifests } = fixture.another();

      expect(await blobs.find(visit, image.layer.digest)).toBeUndefined();
      expect(await blobs.mount(visitOf(2), image.layer.digest, 1)).toBeUndefined();
      await expect(manifests.put(visit, again)).rejects.toMatchObject({
        code: 'MANIFEST_BLOB_UNKNOWN',
      });
    });

    test('whoever pulls never makes the store look for bytes, and whoever pushes does it once', async () => {
      await using fixture = await open();
      const image = await pushImage(fixture.registry, visit, 'v1');
      const { blobs, manifests } = fixture.another();
      const asking = vi.spyOn(fixture.store, 'size');

      await readBlob({ ...fixture.registry, blobs }, visit, image.layer.digest);
      expect(asking).not.toHaveBeenCalled();
      for (const { digest } of [image.config, image.layer]) {
        expect(await blobs.find(visit, digest)).toBeDefined();
      }
      expect(asking).toHaveBeenCalledTimes(2);
      await blobs.mount(visitOf(2), image.layer.digest, 1);
      await manifests.put(visit, imageOf('v2', [image.config, image.layer]));

      expect(asking).toHaveBeenCalledTimes(2);
    });
  });
}

const selectUploadKeys = statement<[], { key: string }>('select key from upload');
const selectCopies = statement<[], { key: string }>(
  `select key from blob_copy where state = 'live'`,
);

async function uploadKeys({ database }: RegistryFixture): Promise<string[]> {
  return (await database.read((tx) => tx.all(selectUploadKeys))).map((row) => row.key);
}

async function copies({ database }: RegistryFixture): Promise<string[]> {
  return (await database.read((tx) => tx.all(selectCopies))).map((row) => row.key);
}
