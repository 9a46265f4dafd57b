import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Digest, parseReference, parseTag } from '#kernel';
import { digestOf } from '#platform/crypto';
import { type Database, statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import type { ManifestUpload, Registry, Visit } from './registry.ts';
import {
  attemptActor,
  chunksOf,
  digestAt,
  imageOf,
  readBlob,
  tagsOf,
  visitOf,
} from './testing/content.ts';
import { type Fault, Faults } from './testing/faults.ts';
import { openRegistryFixture, type RegistryFixture } from './testing/registry-fixture.ts';

const minute = 60_000;
const mostSteps = 300;

/** What one client was told, and what it does with a server that may fail under it. */
class Client {
  readonly #registry: Registry;
  readonly #database: Database;
  readonly #fixture: RegistryFixture;
  readonly visit: Visit;
  readonly other: Visit;
  readonly #attempt: Visit;
  /** What was acknowledged: blobs with where they can be read, and tags. */
  readonly blobs: { readonly at: Visit; readonly digest: Digest }[] = [];
  readonly tags = new Map<string, Digest>();

  constructor(fixture: RegistryFixture, faults: Faults, repositoryId: number) {
    this.#fixture = fixture;
    this.#database = faults.inDatabase(fixture.database);
    this.#registry = fixture.over(this.#database, faults.inStore(fixture.store));
    this.visit = visitOf(repositoryId);
    this.other = visitOf(repositoryId + 1);
    this.#attempt = visitOf(repositoryId, attemptActor(repositoryId));
  }

  /** One use after the other; what fails is not tried again. */
  async useAll(): Promise<void> {
    const [chunked, whole, loose, taken] = [1, 2, 3, 4].map(() => randomBytes(40)) as Four;
    await this.#try(() => this.#pushChunked(chunked));
    await this.#try(() => this.#put(this.visit, whole));
    await this.#try(() => this.#put(this.other, whole));
    await this.#try(() => this.#put(this.other, loose));
    await this.#try(() => this.#mount(loose));
    await this.#try(() => this.#cancel());
    await this.#try(() => this.#sendWrong());
    await this.#try(() => this.#takeOver(taken));
    const image = imageOf('v1', [described(chunked), described(whole)]);
    await this.#try(() => this.#tag(image));
    await this.#try(() => this.#publish(imageOf('v2', [described(whole)])));
    await this.#try(() => this.#removeTagged(imageOf('v3', [described(taken)])));
    await this.#try(() => this.#unlink(loose));
  }

  async #try(use: () => Promise<void>): Promise<void> {
    await use().catch(() => {});
  }

  async #pushChunked(bytes: Buffer): Promise<void> {
    const { uploads } = this.#registry;
    const { id } = await uploads.start(this.visit);
    await uploads.append(this.visit, id, { bytes: chunksOf(bytes.subarray(0, 10)) });
    await uploads.append(this.visit, id, { bytes: chunksOf(bytes.subarray(10)) });
    this.blobs.push({ at: this.visit, ...(await uploads.finish(this.visit, id, digestOf(bytes))) });
  }

  async #put(at: Visit, bytes: Buffer): Promise<void> {
    const blob = await this.#registry.uploads.put(at, digestOf(bytes), { bytes: chunksOf(bytes) });
    this.blobs.push({ at, ...blob });
  }

  async #mount(bytes: Buffer): Promise<void> {
    const { blobs } = this.#registry;
    const mounted = await blobs.mount(this.visit, digestOf(bytes), this.other.repositoryId);
    if (mounted !== undefined) this.blobs.push({ at: this.visit, ...mounted });
  }

  async #cancel(): Promise<void> {
    const { uploads } = this.#registry;
    const { id } = await uploads.start(this.visit);
    await uploads.append(this.visit, id, { bytes: chunksOf(randomBytes(20)) });
    await uploads.cancel(this.visit, id);
  }

  async #sendWrong(): Promise<void> {
    const { uploads } = this.#registry;
    const { id } = await uploads.start(this.visit);
    await uploads.finish(this.visit, id, digestOf(randomBytes(1)), {
      bytes: chunksOf(randomBytes(20)),
    });
  }

  /** A request falls silent, and the next goes on with what was acknowledged before it. */
  async #takeOver(bytes: Buffer): Promise<void> {
    const { uploads } = this.#registry;
    const { id } = await uploads.start(this.visit);
    await uploads.append(this.visit, id, { bytes: chunksOf(bytes.subarray(0, 10)) });
    const silent = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    const falling = async function* () {
      yield randomBytes(15);
      silent.resolve();
      await woken.promise;
    };
    const late = uploads.append(this.visit, id, { bytes: falling() }).catch(() => {});
    await Promise.race([silent.promise, late]);
    this.#fixture.clock.advance(minute);
    const rest = { bytes: chunksOf(bytes.subarray(10)), offset: 10 };
    const finishing = uploads.finish(this.visit, id, digestOf(bytes), rest);
    await finishing.catch(() => {});
    woken.resolve();
    await late;
    this.blobs.push({ at: this.visit, ...(await finishing) });
  }

  async #tag(image: ManifestUpload): Promise<void> {
    const { digest } = await this.#registry.manifests.put(this.visit, image);
    this.tags.set('v1', digest);
  }

  async #publish(image: ManifestUpload): Promise<void> {
    const stage = this.#attempt.actor.stage ?? '';
    const { digest } = await this.#registry.manifests.put(this.#attempt, image);
    const publication = { stage, order: { position: 1, label: 'build 1' } };
    const [published] = await this.#database.transact((tx) =>
      this.#registry.stages.publish(tx, this.#attempt, publication),
    );
    if (published?.outcome === 'moved') this.tags.set('v2', digest);
  }

  async #removeTagged(image: ManifestUpload): Promise<void> {
    const { digest } = await this.#registry.manifests.put(this.visit, image);
    this.tags.set('v3', digest);
    this.tags.delete('v3');
    await this.#registry.tags.remove(this.visit, parseTag('v3'));
    await this.#registry.manifests.remove(this.visit, digest);
  }

  async #unlink(bytes: Buffer): Promise<void> {
    const digest = digestOf(bytes);
    const at = this.blobs.findIndex((blob) => blob.digest === digest && blob.at === this.visit);
    if (at < 0) return;
    this.blobs.splice(at, 1);
    await this.#registry.blobs.unlink(this.visit, digest);
  }
}

type Four = [Buffer, Buffer, Buffer, Buffer];

function described(bytes: Buffer) {
  return { digest: digestOf(bytes), size: bytes.length };
}

const selectCopies = statement<[], { key: string; size: number; state: string }>(
  'select copy.key, blob.size, copy.state from blob_copy copy join blob on blob.digest = copy.digest',
);
const countUploads = statement<[], { uploads: number }>('select count(*) as uploads from upload');

/** What a restarted server, days later, must have of what a client was told. */
async function expectKept(fixture: RegistryFixture, client: Client): Promise<void> {
  const registry = fixture.another();
  for (const { at, digest } of client.blobs) {
    const bytes = await readBlob(registry, at, digest);
    expect(bytes && digestOf(bytes)).toBe(digest);
  }
  for (const [tag, digest] of client.tags) {
    expect(await digestAt(registry, client.visit, tag)).toBe(digest);
  }
  for (const tag of await tagsOf(registry, client.visit)) {
    const manifest = await registry.manifests.get(client.visit, parseReference(tag));
    const { config, layers } = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString());
    for (const { digest } of [config, ...layers]) {
      expect(await readBlob(registry, client.visit, digest)).toBeDefined();
    }
  }
}

/** After the duties have run: every byte in the store is a blob's, whole, and nothing is left over. */
async function expectAccounted({ database, store }: RegistryFixture): Promise<void> {
  const copies = await database.read((tx) => tx.all(selectCopies));
  const keys = await store.list('', { after: '', limit: 10_000 });
  expect(new Set(keys)).toEqual(new Set(copies.map(({ key }) => key)));
  for (const { key, size } of copies) expect(await store.size(key)).toBe(size);
  const [left] = await database.read((tx) => tx.all(countUploads));
  expect(left).toEqual({ uploads: 0 });
}

const faults: readonly Fault[] = ['killed', 'failed', 'unheard'];

describe.each(testDialects)('a registry in %s and files', (dialect) => {
  test.each(faults)(
    'A16 A20 keeps what it acknowledged and knows all its bytes, whichever step is %s',
    async (fault) => {
      await using fixture = await openRegistryFixture({ dialect, store: 'filesystem' });
      let at = 1;
      for (; at <= mostSteps; at += 1) {
        const struck = new Faults(fault, at);
        const client = new Client(fixture, struck, at * 2);
        await client.useAll();
        await expectKept(fixture, client);
        if (!struck.hasStruck) break;
      }
      fixture.clock.advance(48 * 60 * minute);
      await fixture.another().uploads.removeExpired();
      await expectAccounted(fixture);
      expect(at).toBeGreaterThan(60);
      expect(at).toBeLessThan(mostSteps);
    },
    120_000,
  );
});
