import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, testPassword } from '#app/testing';
import { parseReference, systemClock } from '#kernel';
import { digestOf } from '#platform/crypto';
import {
  type BlobSource,
  type Content,
  type Credential,
  createRegistryClient,
  imageContent,
  putImage,
  type RegistryClient,
  type RemoteRepository,
  readContent,
  type UploadWay,
} from '#transfer';

/** The client against a whole server of ours: its token service, its rights and its answers. */
describe('our own registry', () => {
  let server: TestServer;
  let ada: RegistryClient;

  beforeAll(async () => {
    server = await startTestServer();
    const { secret } = await server.ada.makeToken('repo:admin');
    ada = open({ kind: 'password', username: 'ada', password: secret });
  });

  afterAll(async () => {
    await ada[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  function open(credential?: Credential): RegistryClient {
    return createRegistryClient({ registry: server.url, credential, clock: systemClock });
  }

  async function push(repository: RemoteRepository, tag: string): Promise<Content> {
    const image = imageContent({ made: crypto.randomUUID() }, [randomBytes(500)]);
    await putImage(repository, parseReference(tag), image);
    return image.manifest;
  }

  test('takes a personal access token and no wrong password', async () => {
    await using wrong = open({ kind: 'password', username: 'ada', password: 'wrong' });
    await using right = open({ kind: 'password', username: 'ada', password: testPassword });

    await ada.ping();
    await right.ping();
    await expect(wrong.ping()).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
  });

  test.each<UploadWay>([
    { kind: 'whole' },
    { kind: 'single-request' },
    { kind: 'chunks', chunkBytes: 1_000_000 },
  ])('takes a blob that is sent like $kind, and gives it back', async (way) => {
    const bytes = randomBytes(2_500_000);
    const blob = { digest: digestOf(bytes), size: bytes.length };
    const repository = ada.repository('ada/ways');
    await push(repository, 'first');

    await repository.putBlob(blob, bytes, { way });

    expect(await repository.findBlob(blob.digest)).toEqual(blob);
    expect((await readContent(repository, { ...blob, mediaType: 'any/type' }))?.bytes).toEqual(
      bytes,
    );
    const tail = await read(repository.openBlob(blob, { from: 2_400_000 }));
    expect(tail.equals(bytes.subarray(2_400_000))).toBe(true);
  });

  test('gives what one repository streams to another, and mounts what it has', async () => {
    const bytes = randomBytes(3_000_000);
    const blob = { digest: digestOf(bytes), size: bytes.length };
    const [source, target] = [ada.repository('ada/source'), ada.repository('ada/target')];
    await source.putBlob(blob, bytes);
    const copy: BlobSource = async (from) => required(await source.openBlob(blob, { from }));

    const streamed = await target.putBlob(blob, copy, {
      way: { kind: 'chunks', chunkBytes: 1_000_001 },
    });
    const mounted = await ada
      .repository('ada/third')
      .putBlob(blob, copy, { mountFrom: 'ada/source' });

    expect([streamed, mounted]).toEqual(['uploaded', 'mounted']);
    expect((await read(target.openBlob(blob))).equals(bytes)).toBe(true);
  });

  test('keeps manifests under tags and digests, lists and deletes them', async () => {
    const repository = ada.repository('ada/images');
    const images = [await push(repository, 'v1'), await push(repository, 'v2')];
    const [first, second] = images.map(({ descriptor }) => parseReference(descriptor.digest));

    expect(await tagsOf(repository)).toEqual(['v1', 'v2']);
    expect(await repository.getManifest(parseReference('v1'))).toEqual(images[0]);
    expect(await repository.findManifest(required(second))).toEqual(images[1]?.descriptor);
    expect(await repository.deleteManifest(parseReference('v1'))).toBe(true);
    expect(await repository.deleteManifest(required(first))).toBe(true);
    expect(await repository.deleteManifest(required(first))).toBe(false);
    expect(await repository.getManifest(required(first))).toBeUndefined();
    expect(await tagsOf(repository)).toEqual(['v2']);
  });

  test('refuses a manifest whose blobs it does not have, and a blob of other bytes', async () => {
    const repository = ada.repository('ada/images');
    const { manifest } = imageContent({ made: crypto.randomUUID() });
    const blob = { digest: digestOf(randomBytes(10)), size: 10 };
    const others = randomBytes(10);

    await expect(repository.putManifest(parseReference('v3'), manifest)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      detail: { registryCode: 'MANIFEST_BLOB_UNKNOWN' },
    });
    await expect(repository.putBlob(blob, others)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      detail: { registryCode: 'DIGEST_INVALID' },
    });
  });

  test('lets nobody push who may only read, and nobody read what is not shown', async () => {
    const { secret } = await server.ada.makeToken('repo:read');
    await using reader = open({ kind: 'password', username: 'ada', password: secret });
    await using nobody = open();
    const image = await push(ada.repository('ada/images'), 'seen');

    expect(await reader.repository('ada/images').getManifest(parseReference('seen'))).toEqual(
      image,
    );
    await expect(
      reader.repository('ada/images').putManifest(parseReference('seen'), image),
    ).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    await expect(
      nobody.repository('bob/nothing').getManifest(parseReference('seen')),
    ).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
  });

  test('has no list of tags for a repository that is not there', async () => {
    await expect(tagsOf(ada.repository('ada/nothing'))).rejects.toMatchObject({
      code: 'REPOSITORY_UNKNOWN',
    });
  });
});

async function tagsOf(repository: RemoteRepository): Promise<readonly string[]> {
  return Array.fromAsync(repository.listTags());
}

async function read(opening: Promise<Readable | undefined>): Promise<Buffer> {
  return buffer(required(await opening));
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('it is missing');
  return value;
}
