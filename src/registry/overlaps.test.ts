import { describe, expect, test } from 'vitest';
import { parseReference, parseTag } from '#kernel';
import { digestOf } from '#platform/crypto';
import { testDialects } from '#platform/db/testing';
import type { ManifestUpload, Visit } from './registry.ts';
import { registryErrors } from './registry-errors.ts';
import {
  attemptActor,
  digestAt,
  imageOf,
  indexOf,
  pushBlob,
  pushImage,
  readBlob,
  tagsOf,
  visitOf,
} from './testing/content.ts';
import { type Overlapping, overlap, type Side } from './testing/overlap.ts';
import { recordingRules } from './testing/recording-rules.ts';
import { openRegistryFixture, type RegistryFixture } from './testing/registry-fixture.ts';

const visit = visitOf(1);
const attempt = visitOf(1, attemptActor(41));
const tag = parseTag('v1');
const free = recordingRules().rules;
const fixedTags = {
  ...free,
  beforeTagMove: async (_tx: unknown, { from }: { readonly from?: string }) => {
    if (from !== undefined) throw registryErrors.fail('DENIED', 'this tag is immutable');
  },
};
const done = { status: 'fulfilled' };
const refused = (code: string) => ({ status: 'rejected', reason: { code } });

function put(at: Visit, image: ManifestUpload) {
  return ({ registry }: Side) => registry.manifests.put(at, image);
}

/** Publishes what the attempt has staged, as build 41. */
function publish({ registry, database }: Side) {
  const order = { position: 41, label: 'build 41' };
  const publication = { stage: 'attempt-41', order };
  return database.transact((tx) => registry.stages.publish(tx, attempt, publication));
}

/** Either may come first; what must hold afterwards holds for both. */
function inBothOrders(
  title: string,
  play: (meet: typeof overlap, isSwapped: boolean) => Promise<void>,
): void {
  test(title, () => play(overlap, false));
  test(`${title}, the other way round`, () => play(overlapSwapped, true));
}

async function overlapSwapped<First, Second>(
  fixture: RegistryFixture,
  { first, second }: Overlapping<First, Second>,
): ReturnType<typeof overlap<First, Second>> {
  const [ofSecond, ofFirst] = await overlap(fixture, { first: second, second: first });
  return [ofFirst, ofSecond];
}

/** Whoever pulls gets all of what a tag leads to. */
async function expectWhole({ registry }: RegistryFixture, at: Visit): Promise<void> {
  for (const each of await tagsOf(registry, at)) {
    const manifest = await registry.manifests.get(at, parseReference(each));
    if (manifest === undefined) throw new Error(`the tag ${each} leads nowhere`);
    const { config, layers } = JSON.parse(Buffer.from(manifest.bytes).toString());
    for (const { digest } of [config, ...layers]) {
      expect(await readBlob(registry, at, digest)).toBeDefined();
    }
  }
}

describe.each(testDialects)('two changes at once in %s', (dialect) => {
  const open = (rules = free) =>
    openRegistryFixture({ dialect, store: 'memory' }, { rules: [rules] });
  const freshImage = async ({ registry }: RegistryFixture, reference?: string) =>
    imageOf(reference, [await pushBlob(registry, visit)]);

  test('A4 of two first pushes of an immutable tag one wins, and the other is refused', async () => {
    await using fixture = await open(fixedTags);
    const [one, other] = [await freshImage(fixture, 'v1'), await freshImage(fixture, 'v1')];

    const results = await overlap(fixture, { first: put(visit, one), second: put(visit, other) });

    expect(results).toMatchObject([done, refused('DENIED')]);
    expect(await digestAt(fixture.registry, visit, 'v1')).toBe(digestOf(one.bytes));
  });

  test('A4 a publication of an immutable tag that a push makes meanwhile is refused', async () => {
    await using fixture = await open(fixedTags);
    await pushImage(fixture.registry, attempt, 'v1');
    const image = await freshImage(fixture, 'v1');

    const results = await overlap(fixture, { first: put(visit, image), second: publish });

    expect(results).toMatchObject([done, { value: [{ outcome: 'refused' }] }]);
    expect(await digestAt(fixture.registry, visit, 'v1')).toBe(digestOf(image.bytes));
  });

  inBothOrders('A20 a digest is published while it is deleted', async (meet, isSwapped) => {
    await using fixture = await open();
    const { registry } = fixture;
    const image = await freshImage(fixture, 'v1');
    const digest = digestOf(image.bytes);
    await registry.manifests.put(visit, { ...image, reference: parseReference(digest) });
    await registry.manifests.put(attempt, image);

    const results = await meet(fixture, {
      first: publish,
      second: (side) => side.registry.manifests.remove(visit, digest),
    });

    expect(results).toMatchObject([{ value: [{ outcome: 'moved' }] }, done]);
    const isThere = (await registry.manifests.find(visit, parseReference(digest))) !== undefined;
    expect([isThere, await tagsOf(registry, visit)]).toEqual([isSwapped, isSwapped ? ['v1'] : []]);
  });

  inBothOrders('A20 a manifest is pushed by tag while it is deleted', async (meet, isSwapped) => {
    await using fixture = await open();
    const { registry } = fixture;
    const image = await freshImage(fixture, 'v1');
    const digest = digestOf(image.bytes);
    await registry.manifests.put(visit, { ...image, reference: parseReference(digest) });

    const results = await meet(fixture, {
      first: put(visit, image),
      second: (side) => side.registry.manifests.remove(visit, digest),
    });

    expect(results).toMatchObject([done, done]);
    const isThere = (await registry.manifests.find(visit, parseReference(digest))) !== undefined;
    expect([isThere, await tagsOf(registry, visit)]).toEqual([isSwapped, isSwapped ? ['v1'] : []]);
  });

  inBothOrders('A4 a tag that moves away from a manifest outlives its deletion', async (meet) => {
    await using fixture = await open();
    const { registry } = fixture;
    const old = await registry.manifests.put(visit, await freshImage(fixture, 'v1'));
    const next = await freshImage(fixture, 'v1');

    const results = await meet(fixture, {
      first: put(visit, next),
      second: (side) => side.registry.manifests.remove(visit, old.digest),
    });

    expect(results).toMatchObject([done, done]);
    expect(await digestAt(registry, visit, 'v1')).toBe(digestOf(next.bytes));
    expect(await registry.manifests.find(visit, parseReference(old.digest))).toBeUndefined();
  });

  inBothOrders('A4 a tag is deleted while it moves', async (meet, isSwapped) => {
    await using fixture = await open();
    const { registry } = fixture;
    await registry.manifests.put(visit, await freshImage(fixture, 'v1'));
    const next = await freshImage(fixture, 'v1');

    const results = await meet(fixture, {
      first: put(visit, next),
      second: (side) => side.registry.tags.remove(visit, tag),
    });

    expect(results).toMatchObject([done, done]);
    expect(await tagsOf(registry, visit)).toEqual(isSwapped ? ['v1'] : []);
    await expectWhole(fixture, visit);
  });

  inBothOrders(
    'A20 a blob is taken out while a manifest comes to need it',
    async (meet, isSwapped) => {
      await using fixture = await open();
      const { registry } = fixture;
      const blob = await pushBlob(registry, visit);

      const results = await meet(fixture, {
        first: put(visit, imageOf('v1', [blob])),
        second: (side) => side.registry.blobs.unlink(visit, blob.digest),
      });

      expect(results).toMatchObject(
        isSwapped ? [refused('MANIFEST_BLOB_UNKNOWN'), done] : [done, refused('BLOB_REFERENCED')],
      );
      await expectWhole(fixture, visit);
    },
  );

  inBothOrders('A20 a blob is mounted while its source gives it up', async (meet, isSwapped) => {
    await using fixture = await open();
    const { registry } = fixture;
    const blob = await pushBlob(registry, visitOf(2));

    const [mounted, unlinked] = await meet(fixture, {
      first: (side) => side.registry.blobs.mount(visit, blob.digest, 2),
      second: (side) => side.registry.blobs.unlink(visitOf(2), blob.digest),
    });

    expect([mounted, unlinked]).toMatchObject([{ value: isSwapped ? undefined : blob }, done]);
    const found = await registry.blobs.find(visit, blob.digest);
    expect(found).toEqual(isSwapped ? undefined : blob);
    expect(await registry.blobs.find(visitOf(2), blob.digest)).toBeUndefined();
  });

  inBothOrders(
    'A20 a manifest is deleted while an index comes to need it',
    async (meet, isSwapped) => {
      await using fixture = await open();
      const { registry } = fixture;
      const image = await pushImage(registry, visit);

      const results = await meet(fixture, {
        first: put(visit, indexOf('multi', [image])),
        second: (side) => side.registry.manifests.remove(visit, image.digest),
      });

      expect(results).toMatchObject(
        isSwapped ? [refused('MANIFEST_BLOB_UNKNOWN'), done] : [done, refused('DENIED')],
      );
    },
  );

  test('two uploads of one digest that end together leave one copy, which both can read', async () => {
    await using fixture = await open();
    const { registry, store } = fixture;
    const bytes = Buffer.from(`the same ${dialect}`);
    const digest = digestOf(bytes);

    const results = await overlap(fixture, {
      first: (side) => pushBlob(side.registry, visit, bytes),
      held: 2,
      second: (side) => pushBlob(side.registry, visitOf(2), bytes),
    });

    expect(results).toMatchObject([done, done]);
    for (const at of [visit, visitOf(2)]) {
      expect((await readBlob(registry, at, digest))?.equals(bytes)).toBe(true);
    }
    expect(await store.list('', { after: '', limit: 9 })).toHaveLength(1);
  });

  inBothOrders('a tag is published while a build gives its stage up', async (meet, isSwapped) => {
    await using fixture = await open();
    const { registry } = fixture;
    const image = await pushImage(registry, attempt, 'v1');

    const results = await meet(fixture, {
      first: publish,
      second: ({ database, registry: own }) =>
        database.transact((tx) => own.stages.drop(tx, 'attempt-41')),
    });

    expect(results).toMatchObject([done, done]);
    const isThere = await registry.manifests.find(visit, parseReference(image.digest));
    expect([isThere === undefined, await tagsOf(registry, visit)]).toEqual([
      isSwapped,
      isSwapped ? [] : ['v1'],
    ]);
  });
});
