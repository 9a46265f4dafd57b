import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digestOf } from '#platform/crypto';
import { testDialects } from '#platform/db/testing';
import type { BlobStore } from '#storage';
import { chunksOf, readBlob, visitOf } from '../testing/content.ts';
import { openRegistryFixture, type RegistryFixture } from '../testing/registry-fixture.ts';

const visit = visitOf(1);
const minute = 60_000;
const acknowledged = randomBytes(300_000);
const rest = randomBytes(200_000);
const digest = digestOf(Buffer.concat([acknowledged, rest]));

/** Holds one call until it is told to go on. */
class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();

  /** Resolves when somebody waits at it. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  async pass(): Promise<void> {
    this.#reached.resolve();
    await this.#opened.promise;
  }
}

/** A body whose sender falls silent after its bytes. */
async function* silentAfter(bytes: Uint8Array, gate: Gate): AsyncGenerator<Uint8Array> {
  yield* chunksOf(bytes);
  await gate.pass();
}

/** The store, but its writers stall at one of their steps. */
function stalling(store: BlobStore, gate: Gate, step: 'open' | 'append' | 'finish'): BlobStore {
  return {
    ...store,
    write: async (key, options) => {
      if (step === 'open') await gate.pass();
      const writer = await store.write(key, options);
      return {
        append: async (chunk) => {
          if (step === 'append') await gate.pass();
          await writer.append(chunk);
        },
        flush: () => writer.flush(),
        finish: async () => {
          if (step === 'finish') await gate.pass();
          await writer.finish();
        },
        abort: () => writer.abort(),
      };
    },
  };
}

/** All keys that the store shows; unfinished ones too where they are files. */
function keys({ store }: Pick<RegistryFixture, 'store'>) {
  return store.list('', { after: '', limit: 100 });
}

/** Days later, when all that was left alone for a while has gone too. */
async function removeAll({ clock, registry }: RegistryFixture): Promise<void> {
  clock.advance(48 * 60 * minute);
  await registry.uploads.removeExpired();
}

const combinations = [
  ...testDialects.map((dialect) => ({ dialect, store: 'memory' }) as const),
  { dialect: 'sqlite', store: 'filesystem' } as const,
];

describe.each(combinations)('an upload taken over, on $dialect and a $store store', (parts) => {
  const open = () => openRegistryFixture(parts);
  const begin = async ({ registry: { uploads } }: RegistryFixture, isBegun: boolean) => {
    const { id } = await uploads.start(visit);
    if (isBegun) await uploads.append(visit, id, { bytes: chunksOf(acknowledged) });
    return id;
  };

  test.each([true, false])(
    'A15 a closing request with a wrong digest that wakes up late removes nothing (earlier bytes: %s)',
    async (isBegun) => {
      await using fixture = await open();
      const { registry, clock } = fixture;
      const id = await begin(fixture, isBegun);
      const gate = new Gate();
      const wrong = digestOf(Buffer.from('something else'));
      const late = fixture
        .another()
        .uploads.finish(visit, id, wrong, { bytes: silentAfter(rest, gate) });
      await gate.reached;
      clock.advance(minute);

      const bytes = isBegun ? rest : Buffer.concat([acknowledged, rest]);
      await registry.uploads.finish(visit, id, digest, { bytes: chunksOf(bytes) });
      gate.open();

      await expect(late).rejects.toMatchObject({
        code: expect.stringMatching(/BLOB_UPLOAD|DIGEST_MISMATCH/),
      });
      await removeAll(fixture);
      expect(digestOf((await readBlob(registry, visit, digest)) ?? Buffer.of())).toBe(digest);
      expect(await keys(fixture)).toHaveLength(1);
    },
  );

  test.each([
    ['open', true],
    ['open', false],
    ['append', true],
    ['append', false],
    ['finish', true],
    ['finish', false],
  ] as const)(
    'A15 A16 a writer that stalls at its %s past its lease writes nothing into what came after it (earlier bytes: %s)',
    async (step, isBegun) => {
      await using fixture = await open();
      const { registry, clock, store, database } = fixture;
      const id = await begin(fixture, isBegun);
      const gate = new Gate();
      const stalled = fixture.over(database, stalling(store, gate, step));
      const other = randomBytes(700_000);
      const late = stalled.uploads.finish(visit, id, digestOf(other), { bytes: chunksOf(other) });
      await gate.reached;
      clock.advance(minute);

      const bytes = isBegun ? rest : Buffer.concat([acknowledged, rest]);
      await registry.uploads.finish(visit, id, digest, { bytes: chunksOf(bytes) });
      gate.open();

      await expect(late).rejects.toMatchObject({
        code: expect.stringMatching(/BLOB_UPLOAD|DIGEST_MISMATCH/),
      });
      await removeAll(fixture);
      expect(digestOf((await readBlob(registry, visit, digest)) ?? Buffer.of())).toBe(digest);
      expect(await keys(fixture)).toHaveLength(1);
    },
  );

  test('A15 an upload is taken over twice, and ends with the bytes of the last', async () => {
    await using fixture = await open();
    const { registry, clock } = fixture;
    const id = await begin(fixture, true);
    const gates = [new Gate(), new Gate()];
    const late: Promise<unknown>[] = [];
    for (const gate of gates) {
      const body = { bytes: silentAfter(randomBytes(100_000), gate) };
      late.push(
        fixture
          .another()
          .uploads.append(visit, id, body)
          .catch((error: unknown) => error),
      );
      await gate.reached;
      clock.advance(minute);
    }

    const half = rest.subarray(0, 50_000);
    await registry.uploads.append(visit, id, { bytes: chunksOf(half), offset: 300_000 });
    for (const gate of gates) gate.open();
    for (const error of await Promise.all(late)) {
      expect(error).toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
    }
    await registry.uploads.finish(visit, id, digest, { bytes: chunksOf(rest.subarray(50_000)) });

    await removeAll(fixture);
    expect(digestOf((await readBlob(registry, visit, digest)) ?? Buffer.of())).toBe(digest);
    expect(await keys(fixture)).toHaveLength(1);
  });

  test('A15 a writer that wakes up after its upload has expired leaves no bytes behind', async () => {
    await using fixture = await open();
    const { store, database } = fixture;
    const id = await begin(fixture, false);
    const gate = new Gate();
    const stalled = fixture.over(database, stalling(store, gate, 'open'));
    const late = stalled.uploads.append(visit, id, { bytes: chunksOf(rest) });
    await gate.reached;
    await removeAll(fixture);
    gate.open();

    await expect(late).rejects.toMatchObject({ code: expect.stringMatching('BLOB_UPLOAD') });
    expect(await keys(fixture)).toEqual([]);
  });
});

test('A15 a store that shows no unfinished bytes ends an upload that is taken over', async () => {
  await using fixture = await openRegistryFixture({ dialect: 'sqlite', store: 'bucket' });
  const { registry, clock } = fixture;
  const { id } = await registry.uploads.start(visit);
  await registry.uploads.append(visit, id, { bytes: chunksOf(acknowledged) });
  const gate = new Gate();
  const late = fixture.another().uploads.append(visit, id, { bytes: silentAfter(rest, gate) });
  await gate.reached;
  clock.advance(minute);

  const takenOver = registry.uploads.append(visit, id, { bytes: chunksOf(rest) });
  await expect(takenOver).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
  gate.open();
  await expect(late).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
  await removeAll(fixture);
  expect(await keys(fixture)).toEqual([]);
});
