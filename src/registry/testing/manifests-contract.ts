import { describe, expect, test } from 'vitest';
import { mediaTypes, parseReference, parseTag } from '#kernel';
import { digestOf } from '#platform/crypto';
import { registryErrors } from '../registry-errors.ts';
import {
  alice,
  buildCacheOf,
  digestAt,
  imageOf,
  indexOf,
  pushBlob,
  pushImage,
  tagsOf,
  visitOf,
} from './content.ts';
import { recordingRules } from './recording-rules.ts';
import type { OpenRegistry } from './registry-fixture.ts';

export function manifestsContract(open: OpenRegistry): void {
  const visit = visitOf(1);

  describe('manifests', () => {
    test('a manifest is given back byte for byte, by tag and by digest', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const upload = imageOf('v1', [await pushBlob(fixture.registry, visit)]);

      const { digest } = await manifests.put(visit, upload);

      for (const reference of ['v1', digest]) {
        const found = await manifests.get(visit, parseReference(reference));
        expect(Buffer.from(found?.bytes ?? []).equals(upload.bytes)).toBe(true);
        expect(found).toMatchObject({ digest, mediaType: mediaTypes.ociManifest });
        expect(await manifests.find(visit, parseReference(reference))).toEqual({
          digest,
          mediaType: mediaTypes.ociManifest,
          size: upload.bytes.length,
        });
      }
    });

    test('what was never pushed is absent, and so is what another repository has', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const { digest } = await pushImage(fixture.registry, visitOf(1), 'v1');

      for (const reference of ['v1', digest]) {
        expect(await manifests.get(visitOf(2), parseReference(reference))).toBeUndefined();
        expect(await manifests.find(visitOf(2), parseReference(reference))).toBeUndefined();
      }
    });

    test('an index is taken once its manifests are there', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const amd64 = await pushImage(fixture.registry, visit);
      const arm64 = await pushImage(fixture.registry, visit);

      const index = await manifests.put(visit, indexOf('multi', [amd64, arm64]));

      expect(await digestAt(fixture.registry, visit, 'multi')).toBe(index.digest);
      await expect(
        manifests.put(visitOf(2), indexOf('multi', [amd64, arm64])),
      ).rejects.toMatchObject({
        code: 'MANIFEST_BLOB_UNKNOWN',
        detail: { digest: amd64.digest },
      });
    });

    test('a cache that is an index of blobs is taken, and its blobs stay as long as it', async () => {
      await using fixture = await open();
      const { manifests, blobs } = fixture.registry;
      const [layer, config] = [
        await pushBlob(fixture.registry, visit),
        await pushBlob(fixture.registry, visit),
      ];
      const cache = buildCacheOf('cache', [layer], config);

      const { digest } = await manifests.put(visit, cache);

      const found = await manifests.get(visit, parseReference('cache'));
      expect(Buffer.from(found?.bytes ?? []).equals(cache.bytes)).toBe(true);
      for (const blob of [layer, config]) {
        await expect(blobs.unlink(visit, blob.digest)).rejects.toMatchObject({
          code: 'BLOB_REFERENCED',
        });
      }
      await manifests.remove(visit, digest);
      await blobs.unlink(visit, layer.digest);
      expect(await blobs.find(visit, layer.digest)).toBeUndefined();
    });

    test('A2 A12 an index can’t take another repository’s blob, nor a manifest for a blob', async () => {
      await using fixture = await open();
      const config = await pushBlob(fixture.registry, visit);
      const foreign = await pushBlob(fixture.registry, visitOf(2));
      const image = await pushImage(fixture.registry, visit);

      for (const entry of [foreign, image]) {
        const put = fixture.registry.manifests.put(visit, buildCacheOf('c', [entry], config));
        await expect(put).rejects.toMatchObject({
          code: 'MANIFEST_BLOB_UNKNOWN',
          detail: { digest: entry.digest },
        });
      }
      const asManifest = fixture.registry.manifests.put(visit, indexOf('i', [config]));
      await expect(asManifest).rejects.toMatchObject({ code: 'MANIFEST_BLOB_UNKNOWN' });
    });

    test('A2 a manifest can only refer to blobs of its own repository', async () => {
      await using fixture = await open();
      const config = await pushBlob(fixture.registry, visitOf(1));
      const foreign = await pushBlob(fixture.registry, visitOf(2));

      const put = fixture.registry.manifests.put(visit, imageOf('v1', [config, foreign]));

      await expect(put).rejects.toMatchObject({
        code: 'MANIFEST_BLOB_UNKNOWN',
        detail: { digest: foreign.digest },
      });
      expect(await tagsOf(fixture.registry, visit)).toEqual([]);
    });

    test('A16 a descriptor whose size is not that of the blob is refused', async () => {
      await using fixture = await open();
      const config = await pushBlob(fixture.registry, visit);

      const wrong = imageOf('v1', [{ digest: config.digest, size: config.size + 1 }]);

      await expect(fixture.registry.manifests.put(visit, wrong)).rejects.toMatchObject({
        code: 'SIZE_INVALID',
      });
    });

    test('many layers are checked at once', async () => {
      await using fixture = await open();
      const config = await pushBlob(fixture.registry, visit);
      const layers = await Promise.all(
        Array.from({ length: 37 }, () => pushBlob(fixture.registry, visit)),
      );

      await fixture.registry.manifests.put(visit, imageOf('many', [config, ...layers]));

      expect(await tagsOf(fixture.registry, visit)).toEqual(['many']);
    });

    test('a manifest that is not what its digest says is refused', async () => {
      await using fixture = await open();
      const upload = imageOf(undefined, [await pushBlob(fixture.registry, visit)]);
      const other = imageOf(undefined, [await pushBlob(fixture.registry, visit)]);

      const put = fixture.registry.manifests.put(visit, { ...upload, reference: other.reference });

      await expect(put).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    });

    test('a tag moves to what is pushed to it last, and the earlier manifest stays', async () => {
      await using fixture = await open();
      const first = await pushImage(fixture.registry, visit, 'latest');
      const second = await pushImage(fixture.registry, visit, 'latest');

      expect(await digestAt(fixture.registry, visit, 'latest')).toBe(second.digest);
      const { digest } = first;
      const found = await fixture.registry.manifests.find(visit, { kind: 'digest', digest });
      expect(found?.digest).toBe(digest);
    });

    test('the same manifest may be pushed to many tags, and again', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const blobs = [await pushBlob(fixture.registry, visit)] as const;

      for (const tag of ['b', 'a', 'b']) await manifests.put(visit, imageOf(tag, blobs));

      expect(await tagsOf(fixture.registry, visit)).toEqual(['a', 'b']);
    });

    test('pushes to one tag at the same time leave one of them there', async () => {
      await using fixture = await open();
      const blobs = await Promise.all(
        Array.from({ length: 8 }, () => pushBlob(fixture.registry, visit)),
      );
      const images = blobs.map((blob) => imageOf('busy', [blob]));

      const pushed = await Promise.all(
        images.map((image) => fixture.registry.manifests.put(visit, image)),
      );

      const digests = pushed.map(({ digest }) => digest);
      expect(digests).toContain(await digestAt(fixture.registry, visit, 'busy'));
    });

    test('a deleted manifest takes its tags with it', async () => {
      await using fixture = await open();
      const { manifests, tags } = fixture.registry;
      const blobs = [await pushBlob(fixture.registry, visit)] as const;
      const { digest } = await manifests.put(visit, imageOf('a', blobs));
      await manifests.put(visit, imageOf('b', blobs));
      await pushImage(fixture.registry, visit, 'other');

      await manifests.remove(visit, digest);

      expect(await tags.list(visit, { after: '', limit: 9 })).toMatchObject({ tags: ['other'] });
      expect(await manifests.get(visit, { kind: 'digest', digest })).toBeUndefined();
      await expect(manifests.remove(visit, digest)).rejects.toMatchObject({
        code: 'MANIFEST_UNKNOWN',
      });
    });

    test('a manifest that an index needs is not deleted before it', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const image = await pushImage(fixture.registry, visit);
      const index = await manifests.put(visit, indexOf('multi', [image]));

      await expect(manifests.remove(visit, image.digest)).rejects.toMatchObject({
        code: 'DENIED',
        detail: { index: index.digest },
      });
      await manifests.remove(visit, index.digest);
      await manifests.remove(visit, image.digest);

      expect(await tagsOf(fixture.registry, visit)).toEqual([]);
    });

    test('A20 a manifest that is pushed while it is deleted is whole or gone', async () => {
      await using fixture = await open();
      const { manifests, blobs } = fixture.registry;
      const bytes = Buffer.from('{}');
      const config = await pushBlob(fixture.registry, visit, bytes);
      const upload = imageOf('v1', [config]);
      const digest = digestOf(upload.bytes);

      for (let round = 0; round < 10; round += 1) {
        const unlinked = blobs.unlink(visit, config.digest).then(
          () => true,
          () => false,
        );
        await Promise.allSettled([
          manifests.put(visit, upload),
          manifests.remove(visit, digest),
          fixture.another().manifests.put(visit, upload),
          unlinked,
        ]);

        const isHeld = (await manifests.find(visit, { kind: 'digest', digest })) !== undefined;
        expect(isHeld && (await unlinked)).toBe(false);
        if (await unlinked) await pushBlob(fixture.registry, visit, bytes);
        if (isHeld) {
          await expect(blobs.unlink(visit, config.digest)).rejects.toMatchObject({
            code: 'BLOB_REFERENCED',
          });
        }
      }
    });

    test('A3 a manifest deleted in one repository stays in the other', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const image = await pushImage(registry, visitOf(1), 'v1');
      for (const blob of [image.config, image.layer]) {
        await registry.blobs.mount(visitOf(2), blob.digest, 1);
      }
      await registry.manifests.put(visitOf(2), imageOf('v1', [image.config, image.layer]));

      await registry.manifests.remove(visitOf(1), image.digest);

      expect(await digestAt(registry, visitOf(1), 'v1')).toBeUndefined();
      expect(await digestAt(registry, visitOf(2), 'v1')).toBe(image.digest);
    });

    test('a blob is not taken out while a manifest of the repository needs it', async () => {
      await using fixture = await open();
      const { blobs, manifests } = fixture.registry;
      const { digest, layer } = await pushImage(fixture.registry, visit, 'v1');

      await expect(blobs.unlink(visit, layer.digest)).rejects.toMatchObject({
        code: 'BLOB_REFERENCED',
        detail: { manifest: digest },
      });
      await manifests.remove(visit, digest);
      await blobs.unlink(visit, layer.digest);

      expect(await blobs.find(visit, layer.digest)).toBeUndefined();
    });
  });

  describe('tags', () => {
    test('tags come in byte order and in pages', async () => {
      await using fixture = await open();
      const blobs = [await pushBlob(fixture.registry, visit)] as const;
      for (const tag of ['b', 'B', '_x', 'a', 'a-1', 'a.1', '1']) {
        await fixture.registry.manifests.put(visit, imageOf(tag, blobs));
      }
      const { tags } = fixture.registry;

      const first = await tags.list(visit, { after: '', limit: 4 });
      const second = await tags.list(visit, { after: 'a', limit: 4 });

      expect(first).toEqual({ tags: ['1', 'B', '_x', 'a'], hasMore: true });
      expect(second).toEqual({ tags: ['a-1', 'a.1', 'b'], hasMore: false });
    });

    test('a deleted tag leaves its manifest', async () => {
      await using fixture = await open();
      const { tags, manifests } = fixture.registry;
      const { digest } = await pushImage(fixture.registry, visit, 'v1');

      await tags.remove(visit, parseTag('v1'));

      expect(await tagsOf(fixture.registry, visit)).toEqual([]);
      expect(await manifests.find(visit, { kind: 'digest', digest })).toBeDefined();
      await expect(tags.remove(visit, parseTag('v1'))).rejects.toMatchObject({
        code: 'MANIFEST_UNKNOWN',
      });
    });
  });

  describe('rules', () => {
    test('rules are asked before, and told after, inside the change', async () => {
      const { rules, calls } = recordingRules();
      await using fixture = await open({ rules: [rules] });
      const first = await pushImage(fixture.registry, visit, 'v1');
      const second = await pushImage(fixture.registry, visit, 'v1');
      await fixture.registry.manifests.remove(visit, second.digest);

      const { repositoryId } = visit;
      const about = { repositoryId, actor: alice };
      expect(calls).toEqual([
        ['beforeManifestPut', { ...visit, digest: first.digest }],
        ['afterChange', { ...about, kind: 'manifest-put', digest: first.digest }],
        ['beforeTagMove', { ...visit, tag: 'v1', to: first.digest }],
        ['afterChange', { ...about, kind: 'tag-moved', tag: 'v1', digest: first.digest }],
        ['beforeManifestPut', { ...visit, digest: second.digest }],
        ['afterChange', { ...about, kind: 'manifest-put', digest: second.digest }],
        ['beforeTagMove', { ...visit, tag: 'v1', from: first.digest, to: second.digest }],
        ['afterChange', { ...about, kind: 'tag-moved', tag: 'v1', digest: second.digest }],
        ['beforeManifestDelete', { ...about, digest: second.digest, tags: ['v1'] }],
        ['afterChange', { ...about, kind: 'tag-deleted', tag: 'v1', digest: second.digest }],
        ['afterChange', { ...about, kind: 'manifest-deleted', digest: second.digest }],
      ]);
    });

    test('A4 a rule that refuses a tag keeps the manifest out as well', async () => {
      const refusing = {
        ...recordingRules().rules,
        beforeTagMove: async () => {
          throw registryErrors.fail('DENIED', 'this tag is immutable');
        },
      };
      await using fixture = await open({ rules: [refusing] });
      const upload = imageOf('v1', [await pushBlob(fixture.registry, visit)]);

      await expect(fixture.registry.manifests.put(visit, upload)).rejects.toMatchObject({
        code: 'DENIED',
        message: 'this tag is immutable',
      });

      expect(await tagsOf(fixture.registry, visit)).toEqual([]);
      const byDigest = { kind: 'digest', digest: digestOf(upload.bytes) } as const;
      expect(await fixture.registry.manifests.find(visit, byDigest)).toBeUndefined();
    });

    test('the same manifest to the same tag again is no move, so no rule can refuse it', async () => {
      const { rules, calls } = recordingRules();
      await using fixture = await open({ rules: [rules] });
      const upload = imageOf('v1', [await pushBlob(fixture.registry, visit)]);
      await fixture.registry.manifests.put(visit, upload);

      await fixture.registry.manifests.put(visit, upload);

      expect(calls.filter(([name]) => name === 'beforeTagMove')).toHaveLength(1);
    });

    test('A4 of pushes that make one tag at the same moment the rules let one make it', async () => {
      const keepTags = {
        ...recordingRules().rules,
        beforeTagMove: async (_tx: unknown, { from }: { readonly from?: string }) => {
          if (from !== undefined) throw registryErrors.fail('DENIED', 'this tag is immutable');
        },
      };
      await using fixture = await open({ rules: [keepTags] });
      const images = await Promise.all(
        Array.from({ length: 8 }, async () =>
          imageOf('v1', [await pushBlob(fixture.registry, visit)]),
        ),
      );

      const pushed = await Promise.allSettled(
        images.map((image) => fixture.registry.manifests.put(visit, image)),
      );

      const made = pushed.flatMap((push) => (push.status === 'fulfilled' ? [push.value] : []));
      expect(made).toHaveLength(1);
      expect(await digestAt(fixture.registry, visit, 'v1')).toBe(made[0]?.digest);
    });

    test('the first rule that refuses ends the change', async () => {
      const late = recordingRules();
      const refusing = {
        ...recordingRules().rules,
        beforeManifestPut: async () => {
          throw registryErrors.fail('DENIED', 'no');
        },
      };
      await using fixture = await open({ rules: [refusing, late.rules] });

      await expect(pushImage(fixture.registry, visit, 'v1')).rejects.toMatchObject({
        code: 'DENIED',
      });

      expect(late.calls).toEqual([]);
    });
  });
}
