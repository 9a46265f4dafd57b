import { describe, expect, test } from 'vitest';
import { parseReference, parseTag } from '#kernel';
import type { TagPublication, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import {
  attemptActor,
  digestAt,
  imageOf,
  indexOf,
  pushBlob,
  pushImage,
  tagsOf,
  visitOf,
} from './content.ts';
import { recordingRules } from './recording-rules.ts';
import type { OpenRegistry, RegistryFixture } from './registry-fixture.ts';

export function stagesContract(open: OpenRegistry): void {
  const everybody = visitOf(1);
  const attempt = visitOf(1, attemptActor(41));
  const otherAttempt = visitOf(1, attemptActor(42));

  describe('stages', () => {
    test('what is staged is seen on its stage and nowhere else, by tag nor by digest', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const { digest } = await pushImage(registry, attempt, 'latest');
      const byDigest = parseReference(digest);

      expect(await digestAt(registry, attempt, 'latest')).toBe(digest);
      expect(await registry.manifests.get(attempt, byDigest)).toBeDefined();
      expect(await tagsOf(registry, attempt)).toEqual(['latest']);
      for (const visit of [everybody, otherAttempt]) {
        expect(await digestAt(registry, visit, 'latest')).toBeUndefined();
        expect(await registry.manifests.get(visit, byDigest)).toBeUndefined();
        expect(await tagsOf(registry, visit)).toEqual([]);
      }
    });

    test('a stage sees what is published, and its own tags before that', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const old = await pushImage(registry, everybody, 'latest');
      const stable = await pushImage(registry, everybody, 'stable');

      expect(await digestAt(registry, attempt, 'latest')).toBe(old.digest);
      const fresh = await pushImage(registry, attempt, 'latest');

      expect(await digestAt(registry, attempt, 'latest')).toBe(fresh.digest);
      expect(await digestAt(registry, attempt, 'stable')).toBe(stable.digest);
      expect(await digestAt(registry, everybody, 'latest')).toBe(old.digest);
      expect(await tagsOf(registry, attempt)).toEqual(['latest', 'stable']);
    });

    test('publishing moves the tags for all, in the order of their names', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const v2 = await pushImage(registry, attempt, 'v2');
      const latest = await pushImage(registry, attempt, 'latest');

      const publications = await publish(fixture, attempt);

      expect(publications).toEqual([
        { tag: 'latest', digest: latest.digest, outcome: 'moved' },
        { tag: 'v2', digest: v2.digest, outcome: 'moved' },
      ]);
      expect(await tagsOf(registry, everybody)).toEqual(['latest', 'v2']);
      expect(await digestAt(registry, everybody, 'v2')).toBe(v2.digest);
    });

    test('an index is published with its manifests, and outlives its stage', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const image = await pushImage(registry, attempt);
      const inner = await registry.manifests.put(attempt, indexOf(undefined, [image]));
      await registry.manifests.put(attempt, indexOf('multi', [inner]));

      await publish(fixture, attempt);
      await drop(fixture, 'attempt-41');

      for (const { digest } of [image, inner]) {
        expect(await registry.manifests.get(everybody, parseReference(digest))).toBeDefined();
      }
    });

    test('a tag that a rule refuses stays as it was, and the others move', async () => {
      const rules = {
        ...recordingRules().rules,
        beforeTagMove: async (_tx: unknown, { tag, actor }: { tag: string; actor: object }) => {
          if (tag === 'latest' && 'stage' in actor) {
            throw registryErrors.fail('DENIED', 'a newer build has published this tag');
          }
        },
      };
      await using fixture = await open({ rules: [rules] });
      const { registry } = fixture;
      const newer = await pushImage(registry, everybody, 'latest');
      const older = await pushImage(registry, attempt, 'latest');
      const v1 = await pushImage(registry, attempt, 'v1');

      const publications = await publish(fixture, attempt);

      expect(publications).toEqual([
        {
          tag: 'latest',
          digest: older.digest,
          outcome: 'refused',
          message: 'a newer build has published this tag',
        },
        { tag: 'v1', digest: v1.digest, outcome: 'moved' },
      ]);
      expect(await digestAt(registry, everybody, 'latest')).toBe(newer.digest);
      const refused = await registry.manifests.get(everybody, parseReference(older.digest));
      expect(refused).toBeUndefined();
    });

    test('what is staged after a publication is published by the next', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      await pushImage(registry, attempt, 'one');
      await publish(fixture, attempt);
      const two = await pushImage(registry, attempt, 'two');

      const publications = await publish(fixture, attempt);

      expect(publications).toEqual([{ tag: 'two', digest: two.digest, outcome: 'moved' }]);
      expect(await tagsOf(registry, everybody)).toEqual(['one', 'two']);
    });

    test('publishing touches the repository it names only', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const elsewhere = visitOf(2, attemptActor(41));
      await pushImage(registry, attempt, 'here');
      const there = await pushImage(registry, elsewhere, 'there');

      await publish(fixture, attempt);

      expect(await tagsOf(registry, visitOf(2))).toEqual([]);
      expect(await fixture.database.read((tx) => registry.stages.tags(tx, 'attempt-41'))).toEqual([
        { repositoryId: 2, tag: 'there', digest: there.digest },
      ]);
    });

    test('a dropped stage leaves nothing to see, except what others hold', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const lost = await pushImage(registry, attempt, 'lost');
      const shared = await pushBlob(registry, everybody);
      const kept = await registry.manifests.put(everybody, imageOf('kept', [shared]));
      await registry.manifests.put(attempt, imageOf('kept', [shared]));
      await registry.manifests.put(otherAttempt, imageOf('mine', [shared]));

      await drop(fixture, 'attempt-41');

      expect(await digestAt(registry, attempt, 'lost')).toBeUndefined();
      const byDigest = parseReference(lost.digest);
      expect(await registry.manifests.get(attempt, byDigest)).toBeUndefined();
      expect(await digestAt(registry, everybody, 'kept')).toBe(kept.digest);
      expect(await digestAt(registry, otherAttempt, 'mine')).toBe(kept.digest);
    });

    test('what only a dropped stage needed can be taken out, and nothing else', async () => {
      await using fixture = await open();
      const { blobs, manifests } = fixture.registry;
      const shared = await pushBlob(fixture.registry, everybody);
      const own = await pushBlob(fixture.registry, attempt);
      await manifests.put(attempt, imageOf('both', [shared, own]));
      await manifests.put(everybody, imageOf('kept', [shared]));

      await drop(fixture, 'attempt-41');

      await blobs.unlink(everybody, own.digest);
      await expect(blobs.unlink(everybody, shared.digest)).rejects.toMatchObject({
        code: 'BLOB_REFERENCED',
      });
    });

    test('what an index of the stage leads to is published, and no more', async () => {
      await using fixture = await open();
      const { manifests } = fixture.registry;
      const listed = await pushImage(fixture.registry, attempt);
      const loose = await pushImage(fixture.registry, attempt);
      await manifests.put(attempt, indexOf('multi', [listed]));

      await publish(fixture, attempt);

      expect(await manifests.find(everybody, parseReference(listed.digest))).toBeDefined();
      expect(await manifests.find(everybody, parseReference(loose.digest))).toBeUndefined();
    });

    test('AUT-07 an older publication does not take a tag back, and tells which is newer', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const older = await pushImage(registry, attempt, 'latest');
      const newer = await pushImage(registry, otherAttempt, 'latest');
      await publish(fixture, otherAttempt, 42);

      const publications = await publish(fixture, attempt, 41);

      const message = 'latest not moved: build 42 is newer';
      expect(publications).toEqual([
        { tag: 'latest', digest: older.digest, outcome: 'outdated', message },
      ]);
      expect(await digestAt(registry, everybody, 'latest')).toBe(newer.digest);
      const outdated = await registry.manifests.get(everybody, parseReference(older.digest));
      expect(outdated).toBeUndefined();
    });

    test('the order counts also where a tag keeps its digest', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const third = visitOf(1, attemptActor(43));
      const blobs = [await pushBlob(registry, attempt)] as const;
      const { digest } = await registry.manifests.put(attempt, imageOf('latest', blobs));
      await pushImage(registry, otherAttempt, 'latest');
      await registry.manifests.put(third, imageOf('latest', blobs));
      await publish(fixture, attempt, 41);

      const newest = await publish(fixture, third, 43);
      const late = await publish(fixture, otherAttempt, 42);

      expect([newest, late]).toMatchObject([[{ outcome: 'moved' }], [{ outcome: 'outdated' }]]);
      expect(await digestAt(registry, everybody, 'latest')).toBe(digest);
    });

    test('an older publication of the digest that is there is told as moved and orders nothing', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      const blobs = [await pushBlob(registry, attempt)] as const;
      for (const visit of [attempt, otherAttempt]) {
        await registry.manifests.put(visit, imageOf('latest', blobs));
      }
      await publish(fixture, otherAttempt, 42);

      const same = await publish(fixture, attempt, 40);
      await pushImage(registry, attempt, 'latest');
      const other = await publish(fixture, attempt, 41);

      expect([same, other]).toMatchObject([[{ outcome: 'moved' }], [{ outcome: 'outdated' }]]);
    });

    test('a publication of the same order moves the tag: another rule, or the build again', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      await pushImage(registry, attempt, 'latest');
      await publish(fixture, attempt, 41);
      const again = await pushImage(registry, otherAttempt, 'latest');

      await publish(fixture, otherAttempt, 41);

      expect(await digestAt(registry, everybody, 'latest')).toBe(again.digest);
    });

    test('a push by hand is not ordered: it moves the tag, and so does the next build', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      await pushImage(registry, otherAttempt, 'latest');
      await publish(fixture, otherAttempt, 42);
      const byHand = await pushImage(registry, everybody, 'latest');

      await pushImage(registry, attempt, 'latest');
      const older = await publish(fixture, attempt, 41);
      const afterOlder = await digestAt(registry, everybody, 'latest');
      const next = await pushImage(registry, otherAttempt, 'latest');
      await publish(fixture, otherAttempt, 43);

      expect(older).toMatchObject([{ outcome: 'outdated' }]);
      expect(afterOlder).toBe(byHand.digest);
      expect(await digestAt(registry, everybody, 'latest')).toBe(next.digest);
    });

    test('a tag that was deleted does not come back with an older publication', async () => {
      await using fixture = await open();
      const { registry } = fixture;
      await pushImage(registry, otherAttempt, 'latest');
      await publish(fixture, otherAttempt, 42);
      await registry.tags.remove(everybody, parseTag('latest'));

      await pushImage(registry, attempt, 'latest');
      await publish(fixture, attempt, 41);

      expect(await tagsOf(registry, everybody)).toEqual([]);
    });

    test('a refused publication orders nothing', async () => {
      let isRefused = true;
      const rules = {
        ...recordingRules().rules,
        beforeTagMove: async () => {
          if (isRefused) throw registryErrors.fail('DENIED', 'this tag is immutable');
        },
      };
      await using fixture = await open({ rules: [rules] });
      await pushImage(fixture.registry, otherAttempt, 'latest');
      await publish(fixture, otherAttempt, 42);
      isRefused = false;
      const older = await pushImage(fixture.registry, attempt, 'latest');

      await publish(fixture, attempt, 41);

      expect(await digestAt(fixture.registry, everybody, 'latest')).toBe(older.digest);
    });

    test('of publications at the same moment the newest has the tag in the end', async () => {
      await using fixture = await open();
      const numbers = [41, 42, 43, 44];
      const pushed = new Map<number, string>();
      for (const number of numbers) {
        const visit = visitOf(1, attemptActor(number));
        pushed.set(number, (await pushImage(fixture.registry, visit, 'latest')).digest);
      }

      await Promise.all(
        numbers.map((number) => publish(fixture, visitOf(1, attemptActor(number)), number)),
      );

      expect(await digestAt(fixture.registry, everybody, 'latest')).toBe(pushed.get(44));
    });

    test('staging asks no rule about tags, and publishing does', async () => {
      const { rules, calls } = recordingRules();
      await using fixture = await open({ rules: [rules] });

      const { digest } = await pushImage(fixture.registry, attempt, 'latest');
      expect(calls.map(([name]) => name)).toEqual(['beforeManifestPut', 'afterChange']);
      await publish(fixture, attempt);

      expect(calls.slice(2)).toEqual([
        ['beforeTagMove', { ...attempt, tag: 'latest', to: digest }],
        [
          'afterChange',
          { kind: 'tag-moved', repositoryId: 1, actor: attempt.actor, tag: 'latest', digest },
        ],
      ]);
    });
  });
}

function publish(
  { database, registry }: RegistryFixture,
  visit: Visit,
  position = 1,
): Promise<readonly TagPublication[]> {
  const order = { position, label: `build ${position}` };
  const stage = visit.actor.stage ?? 'no stage';
  return database.transact((tx) => registry.stages.publish(tx, visit, { stage, order }));
}

function drop({ database, registry }: RegistryFixture, stage: string): Promise<void> {
  return database.transact((tx) => registry.stages.drop(tx, stage));
}
