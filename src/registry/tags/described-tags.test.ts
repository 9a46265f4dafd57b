import { expect, test } from 'vitest';
import { parseTag } from '#kernel';
import { statement } from '#platform/db';
import {
  buildCacheOf,
  imageOf,
  indexOf,
  pushBlob,
  pushImage,
  visitOf,
} from '../testing/content.ts';
import { describeEachRegistry } from '../testing/each-registry.ts';

const visit = visitOf(1);
const all = { order: 'newest', offset: 0, limit: 100 } as const;

describeEachRegistry((open) => {
  test('described tags of what was pushed before facts were kept are found out, and kept from then on', async () => {
    await using fixture = await open();
    const { registry, database } = fixture;
    const config = await pushBlob(
      registry,
      visit,
      Buffer.from('{"architecture":"arm64","os":"linux"}'),
    );
    const layer = await pushBlob(registry, visit);
    const image = await registry.manifests.put(visit, imageOf('single', [config, layer]));
    await registry.manifests.put(visit, indexOf('index', [image]));
    const before = await registry.tags.page(1, all);
    await database.transact((tx) =>
      tx.run(statement('update manifest set facts = null, content_type = null')),
    );

    const after = await registry.tags.page(1, all);

    expect(after).toEqual(before);
    const platform = { architecture: 'arm64', os: 'linux' };
    for (const { images } of after.tags) {
      expect(images).toMatchObject([{ digest: image.digest, platform, bytes: layer.size }]);
    }
    const rows = await database.read((tx) =>
      tx.all(statement<[], { facts: string | null }>('select facts from manifest')),
    );
    expect(rows.every(({ facts }) => facts !== null)).toBe(true);
  });

  test('described tags show a child of an index that was put by its digest, and an index of blobs', async () => {
    await using fixture = await open();
    const { registry } = fixture;
    const { layer, ...image } = await pushImage(registry, visit);
    await registry.manifests.put(visit, indexOf('index', [image]));
    const cacheConfig = await pushBlob(registry, visit);
    await registry.manifests.put(visit, buildCacheOf('cache', [layer], cacheConfig));

    const index = await registry.tags.describe(1, parseTag('index'));
    const cache = await registry.tags.describe(1, parseTag('cache'));

    expect(index?.images).toMatchObject([{ digest: image.digest, bytes: layer.size }]);
    expect(cache?.images.map(({ bytes }) => bytes)).toEqual([0, 0]);
  });

  test('described tags have one number for a name, another in each repository', async () => {
    await using fixture = await open();
    const { registry } = fixture;
    await pushImage(registry, visit, 'latest');
    await pushImage(registry, visitOf(2), 'latest');
    const numberIn = async (id: number) =>
      (await registry.tags.describe(id, parseTag('latest')))?.id;

    const first = await numberIn(1);
    await pushImage(registry, visit, 'latest');

    expect(await numberIn(1)).toBe(first);
    expect(await numberIn(2)).not.toBe(first);
    expect(Number.isSafeInteger(first)).toBe(true);
  });

  test('described tags come in order, by number of page', async () => {
    await using fixture = await open();
    const { registry, clock } = fixture;
    for (const tag of ['b', 'a', 'c']) {
      await pushImage(registry, visit, tag);
      clock.advance(1_000);
    }
    const namesOf = async (order: 'newest' | 'oldest' | 'a-z' | 'z-a', offset = 0) =>
      (await registry.tags.page(1, { order, offset, limit: 2 })).tags.map(({ tag }) => tag);

    expect(await namesOf('newest')).toEqual(['c', 'a']);
    expect(await namesOf('newest', 2)).toEqual(['b']);
    expect(await namesOf('oldest')).toEqual(['b', 'a']);
    expect(await namesOf('a-z')).toEqual(['a', 'b']);
    expect(await namesOf('z-a', 1)).toEqual(['b', 'a']);
    expect(await registry.tags.page(1, { ...all, offset: 3 })).toEqual({ count: 3, tags: [] });
  });
});
