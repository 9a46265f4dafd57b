import { describe, expect, test } from 'vitest';
import { mediaTypes, parseReference, systemClock } from '#kernel';
import { digestOf } from '#platform/crypto';
import { createRegistryClient } from './create-registry-client.ts';
import type { RemoteRepository } from './registry-client.ts';
import { type OddAnswer, refusal, startOddRegistry } from './testing/odd-registry.ts';

const bytes = Buffer.from('{"schemaVersion":2}');
const digest = digestOf(bytes);
const other = digestOf(Buffer.from('other'));
const latest = parseReference('latest');
const byDigest = parseReference(digest);
const mediaType = mediaTypes.ociManifest;
const content = { descriptor: { mediaType, digest, size: bytes.length }, bytes };
const type = { 'content-type': mediaType };

/** Does something with a repository whose registry answers like that, and tells what it was asked. */
async function on<Result>(
  answer: OddAnswer,
  act: (repository: RemoteRepository) => Promise<Result>,
) {
  await using registry = await startOddRegistry(() => answer);
  await using client = createRegistryClient({ registry: registry.url, clock: systemClock });
  const result = await act(client.repository('team/app'));
  return { result, seen: registry.seen };
}

describe('a manifest', () => {
  test('comes with its type and digest, and all types are welcome', async () => {
    const answer = { headers: { ...type, 'docker-content-digest': digest }, body: bytes };

    const { result, seen } = await on(answer, (repository) => repository.getManifest(latest));

    expect(result).toEqual(content);
    expect(seen[0]?.line).toBe('GET /v2/team/app/manifests/latest');
    expect(seen[0]?.headers.accept?.split(', ')).toEqual(Object.values(mediaTypes));
  });

  test('has the digest that its bytes have where the registry names none', async () => {
    const { result } = await on({ headers: type, body: bytes }, (repository) =>
      repository.getManifest(latest),
    );

    expect(result?.descriptor.digest).toBe(digest);
  });

  test('may be named by another algorithm than it was asked for', async () => {
    const sha512 = digestOf(bytes, 'sha512');
    const answer = { headers: { ...type, 'docker-content-digest': digest }, body: bytes };

    const { result } = await on(answer, (repository) =>
      repository.getManifest({ kind: 'digest', digest: sha512 }),
    );

    expect(result?.descriptor.digest).toBe(sha512);
  });

  test('may be missing', async () => {
    const answer = refusal(404, 'MANIFEST_UNKNOWN', 'no such manifest');

    const { result } = await on(answer, (repository) => repository.getManifest(latest));

    expect(result).toBeUndefined();
  });

  test.each<readonly [string, typeof latest, OddAnswer]>([
    ['other bytes than its digest', byDigest, { headers: type, body: '{}' }],
    [
      'other bytes than the registry says',
      latest,
      { headers: { ...type, 'docker-content-digest': other }, body: bytes },
    ],
    [
      'another digest than was asked for',
      byDigest,
      { headers: { ...type, 'docker-content-digest': other }, body: bytes },
    ],
  ])('is none with %s', async (_, reference, answer) => {
    const getting = on(answer, (repository) => repository.getManifest(reference));

    await expect(getting).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
  });

  test.each<readonly [string, OddAnswer]>([
    ['is a page', { headers: { 'content-type': 'text/html' }, body: '<html>log in' }],
    ['has no type', { body: bytes }],
    ['is of the first schema', { headers: { 'content-type': 'application/vnd.x.v1+prettyjws' } }],
    ['has more than 4 MiB', { headers: type, body: Buffer.alloc(4 * 1024 * 1024 + 1) }],
    [
      'has no end',
      (response) => {
        response.writeHead(200, type);
        const write = () => {
          while (!response.destroyed && response.write(bytes));
        };
        response.on('drain', write);
        write();
      },
    ],
  ])('is none where what comes %s', async (_, answer) => {
    const getting = on(answer, (repository) => repository.getManifest(latest));

    await expect(getting).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });
});

describe('asking for a manifest', () => {
  test('is enough where the registry tells all about it', async () => {
    const headers = { ...type, 'docker-content-digest': digest, 'content-length': '19' };

    const { result, seen } = await on({ headers }, (repository) => repository.findManifest(latest));

    expect(result).toEqual(content.descriptor);
    expect(seen.map(({ line }) => line)).toEqual(['HEAD /v2/team/app/manifests/latest']);
  });

  test('gets it where the registry keeps its digest for itself', async () => {
    const { result, seen } = await on({ headers: type, body: bytes }, (repository) =>
      repository.findManifest(latest),
    );

    expect(result).toEqual(content.descriptor);
    expect(seen.map(({ line }) => line.split(' ')[0])).toEqual(['HEAD', 'GET']);
  });

  test('by a digest believes no other one', async () => {
    const headers = { ...type, 'docker-content-digest': other };

    const finding = on({ headers }, (repository) => repository.findManifest(byDigest));

    await expect(finding).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
  });

  test('tells that there is none', async () => {
    const { result } = await on({ status: 404 }, (repository) => repository.findManifest(latest));

    expect(result).toBeUndefined();
  });
});

describe('a manifest that is put', () => {
  test('arrives with its type', async () => {
    const { seen } = await on({ status: 201 }, (repository) =>
      repository.putManifest(latest, content),
    );

    expect(seen[0]?.line).toBe('PUT /v2/team/app/manifests/latest');
    expect(seen[0]?.headers['content-type']).toBe(mediaType);
    expect(seen[0]?.body.equals(bytes)).toBe(true);
  });

  test('has to be for the registry what it is here', async () => {
    const answer = { status: 201, headers: { 'docker-content-digest': other } };

    const putting = on(answer, (repository) => repository.putManifest(latest, content));

    await expect(putting).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
  });

  test('without its blobs is refused', async () => {
    const answer = refusal(404, 'MANIFEST_BLOB_UNKNOWN', 'push the blob first');

    const putting = on(answer, (repository) => repository.putManifest(latest, content));

    await expect(putting).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      detail: { registryCode: 'MANIFEST_BLOB_UNKNOWN' },
    });
  });

  test('into a repository that can not be there is told so', async () => {
    const answer = refusal(404, 'NAME_UNKNOWN', 'no such repository');

    const putting = on(answer, (repository) => repository.putManifest(latest, content));

    await expect(putting).rejects.toMatchObject({ code: 'REPOSITORY_UNKNOWN' });
  });
});

test.each([
  [202, true],
  [404, false],
])('deleting what is answered with %i tells whether it was there', async (status, wasThere) => {
  const { result, seen } = await on({ status }, (repository) =>
    repository.deleteManifest(byDigest),
  );

  expect(result).toBe(wasThere);
  expect(seen[0]?.line).toBe(`DELETE /v2/team/app/manifests/${digest}`);
});
