import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { digestOf } from '#platform/crypto';
import type { Credential } from '../auth/credential.ts';
import { createRegistryClient } from '../create-registry-client.ts';
import type { BlobSource, PutBlobOptions } from '../registry-client.ts';
import {
  type OddAnswer,
  type OddRegistry,
  refusal,
  type SeenRequest,
  startOddRegistry,
} from '../testing/odd-registry.ts';

const bytes = randomBytes(1_000_000);
const blob = { digest: digestOf(bytes), size: bytes.length };
const uploads = '/v2/team/app/blobs/uploads/';
const digest = encodeURIComponent(blob.digest);

/** A source in pieces that fit nothing, which notes from where it was read. */
function sourceOf(from: number[] = [], content: Uint8Array = bytes): BlobSource {
  return (start) => {
    from.push(start);
    return Readable.from(piecesOf(content.subarray(start)), { objectMode: false });
  };
}

function* piecesOf(content: Uint8Array) {
  for (let at = 0; at < content.length; at += 7_777) yield content.subarray(at, at + 7_777);
}

async function put(
  { url }: OddRegistry,
  source: BlobSource = sourceOf(),
  { credential, ...options }: PutBlobOptions & { readonly credential?: Credential } = {},
) {
  await using client = createRegistryClient({ registry: url, clock: systemClock, credential });
  return await client.repository('team/app').putBlob(blob, source, options);
}

/** Opens sessions, takes what is sent to them, and lets tests decide about the rest. */
function playUploads(
  answer: (request: SeenRequest) => OddAnswer | undefined = () => undefined,
): Promise<OddRegistry> {
  return startOddRegistry((request) => {
    const given = answer(request);
    if (given !== undefined) return given;
    const [method = ''] = request.line.split(' ');
    if (method === 'POST') return { status: 202, headers: { location: `${uploads}1?state=a%20b` } };
    if (method === 'PUT') return { status: 201, headers: { location: 'x' } };
    return { status: 404 };
  });
}

const lines = (registry: OddRegistry) => registry.seen.map(({ line }) => line);

describe('a blob', () => {
  test.each<readonly [string, BlobSource]>([
    ['bytes', bytes],
    ['a stream', sourceOf()],
  ])('is sent whole from %s, to the place that the registry names', async (_, source) => {
    await using registry = await playUploads();

    const result = await put(registry, source);

    expect(result).toBe('uploaded');
    expect(lines(registry)).toEqual([
      `POST ${uploads}`,
      `PUT ${uploads}1?state=a%20b&digest=${digest}`,
    ]);
    expect(registry.seen[1]?.headers['content-length']).toBe('1000000');
    expect(registry.seen[1]?.body.equals(bytes)).toBe(true);
  });

  test('is sent in a single request', async () => {
    await using registry = await playUploads(() => ({ status: 201 }));

    await put(registry, sourceOf(), { way: { kind: 'single-request' } });

    expect(lines(registry)).toEqual([`POST ${uploads}?digest=${digest}`]);
    expect(registry.seen[0]?.body.equals(bytes)).toBe(true);
  });

  test('is sent again where a registry does not know single requests', async () => {
    const from: number[] = [];
    await using registry = await playUploads();

    await put(registry, sourceOf(from), { way: { kind: 'single-request' } });

    expect(lines(registry).map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT']);
    expect(registry.seen[1]?.body.equals(bytes)).toBe(true);
    expect(from).toEqual([0, 0]);
  });

  test('A32 goes with a credential to the registry, and without one to another place', async () => {
    await using store = await startOddRegistry(() => ({ status: 201 }));
    await using registry = await playUploads(() => ({
      status: 202,
      headers: { location: `${store.url}/here` },
    }));

    await put(registry, bytes, { credential: { kind: 'bearer', token: 'secret' } });

    expect(registry.seen[0]?.headers.authorization).toBe('Bearer secret');
    expect(store.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  test('is read again when a token had to be renewed', async () => {
    const from: number[] = [];
    await using service = await startOddRegistry(() => ({ body: '{"token":"t"}' }));
    await using registry = await playUploads(({ line, headers }) => {
      const needsToken = line.startsWith('PUT') && headers.authorization === undefined;
      if (!needsToken) return undefined;
      const challenge = `Bearer realm="${service.url}"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });

    await put(registry, sourceOf(from));

    expect(from).toEqual([0, 0]);
    expect(registry.seen.at(-1)?.body.equals(bytes)).toBe(true);
  });

  test('that the registry refuses is refused in its words', async () => {
    await using registry = await playUploads(({ line }) =>
      line.startsWith('PUT') ? refusal(400, 'DIGEST_INVALID', 'other bytes') : undefined,
    );

    await expect(put(registry)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      detail: { status: 400, registryCode: 'DIGEST_INVALID', registryMessage: 'other bytes' },
    });
  });

  test('that is refused before it was all sent is refused in the same words', async () => {
    const large = { digest: blob.digest, size: 100_000_000 };
    const answer = ({ line }: SeenRequest): OddAnswer =>
      line.startsWith('PUT')
        ? refusal(413, 'SIZE_INVALID', 'too large', { connection: 'close' })
        : { status: 202, headers: { location: uploads } };
    await using registry = await startOddRegistry(answer, { waitsForBodies: false });
    await using client = createRegistryClient({ registry: registry.url, clock: systemClock });
    const source = () => Readable.from(endless(), { objectMode: false });

    await expect(client.repository('team/app').putBlob(large, source)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      detail: { status: 413, registryMessage: 'too large' },
    });
  });

  test('whose source fails ends with the error of the source', async () => {
    await using registry = await playUploads();
    const source = () => Readable.from(failing(), { objectMode: false });

    await expect(put(registry, source)).rejects.toThrow('the disk is gone');
  });

  test('whose source can not be opened ends with its error', async () => {
    await using registry = await playUploads();
    const source = () => Promise.reject(new Error('the disk is gone'));

    await expect(put(registry, source)).rejects.toThrow('the disk is gone');
  });

  test('whose source is too short is no blob', async () => {
    await using registry = await playUploads();

    await expect(put(registry, sourceOf([], bytes.subarray(1)))).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
      message: expect.stringContaining('ended after 999999 of 1000000 bytes'),
    });
  });

  test('lets go of its source when the registry is gone', async () => {
    const source = new Readable({ read: () => undefined });
    const registry = await playUploads();
    const sending = put(registry, () => {
      void registry[Symbol.asyncDispose]();
      return source;
    });

    await expect(sending).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(source.destroyed).toBe(true);
  });
});

function* endless() {
  for (;;) yield bytes;
}

async function* failing() {
  yield Buffer.alloc(100_000);
  throw new Error('the disk is gone');
}

describe('a mount', () => {
  const options = { mountFrom: 'team/base' };

  test('needs no bytes where the registry makes it', async () => {
    const from: number[] = [];
    await using registry = await playUploads(() => ({ status: 201 }));

    const result = await put(registry, sourceOf(from), options);

    expect(result).toBe('mounted');
    expect(from).toEqual([]);
    expect(lines(registry)).toEqual([`POST ${uploads}?mount=${digest}&from=team%2Fbase`]);
  });

  test('becomes an upload in the session that the registry opened instead', async () => {
    await using registry = await playUploads();

    const result = await put(registry, bytes, options);

    expect(result).toBe('uploaded');
    expect(lines(registry).map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT']);
  });

  test.each([
    refusal(403, 'DENIED', 'no right to read team/base'),
    refusal(405, 'UNSUPPORTED', 'no mounts here'),
  ])('becomes an upload of its own where the registry will not hear of it: %#', async (answer) => {
    await using registry = await playUploads(({ line }) =>
      line.includes('mount=') ? answer : undefined,
    );

    const result = await put(registry, bytes, options);

    expect(result).toBe('uploaded');
    expect(registry.seen.at(-1)?.body.equals(bytes)).toBe(true);
  });

  test('is asked for with the right to read there', async () => {
    await using service = await startOddRegistry(() => ({ body: '{"token":"t"}' }));
    await using registry = await playUploads(({ headers }) => {
      if (headers.authorization !== undefined) return { status: 201 };
      const challenge = `Bearer realm="${service.url}"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });

    await put(registry, bytes, options);

    expect(service.seen[0]?.line).toBe(
      'GET /?scope=repository%3Ateam%2Fapp%3Apull%2Cpush&scope=repository%3Ateam%2Fbase%3Apull',
    );
  });

  test('is not asked for from what is no name', async () => {
    await using registry = await playUploads();

    await expect(put(registry, bytes, { mountFrom: '../x' })).rejects.toMatchObject({
      code: 'NAME_INVALID',
    });
    expect(registry.seen).toEqual([]);
  });
});

describe('an upload in chunks', () => {
  const chunkBytes = 300_000;
  const way = { kind: 'chunks', chunkBytes } as const;

  /** A registry that keeps what it gets; `take` says how much of a chunk, and whether it answers. */
  async function playChunks(
    take: (chunk: Buffer, number: number) => { readonly part: Buffer; readonly answers: boolean },
  ) {
    let kept = Buffer.alloc(0);
    let number = 0;
    const progress = () => ({
      location: `${uploads}1?step=${number}`,
      range: `0-${Math.max(0, kept.length - 1)}`,
    });
    const registry = await playUploads(({ line, headers, body }) => {
      if (line.startsWith('GET')) return { status: 204, headers: progress() };
      if (!line.startsWith('PATCH')) return undefined;
      number += 1;
      if (!headers['content-range']?.startsWith(`${kept.length}-`)) return { status: 416 };
      const { part, answers } = take(body, number);
      kept = Buffer.concat([kept, part]);
      if (!answers) return (response) => response.destroy();
      return { status: 202, headers: progress() };
    });
    return Object.assign(registry, { kept: () => kept });
  }

  test('sends one after the other, each to the place that the last answer named', async () => {
    await using registry = await playChunks((part) => ({ part, answers: true }));

    await put(registry, sourceOf(), { way });

    expect(lines(registry)).toEqual([
      `POST ${uploads}`,
      `PATCH ${uploads}1?state=a%20b`,
      `PATCH ${uploads}1?step=1`,
      `PATCH ${uploads}1?step=2`,
      `PATCH ${uploads}1?step=3`,
      `PUT ${uploads}1?step=4&digest=${digest}`,
    ]);
    expect(registry.seen.map(({ headers }) => headers['content-range'])).toEqual([
      undefined,
      '0-299999',
      '300000-599999',
      '600000-899999',
      '900000-999999',
      undefined,
    ]);
    expect(registry.kept().equals(bytes)).toBe(true);
  });

  test('goes on where the registry stands after a broken connection', async () => {
    const from: number[] = [];
    await using registry = await playChunks((chunk, number) =>
      number === 2
        ? { part: chunk.subarray(0, 100_001), answers: false }
        : { part: chunk, answers: true },
    );

    await put(registry, sourceOf(from), { way });

    expect(registry.kept().equals(bytes)).toBe(true);
    expect(from).toEqual([0, 400_001]);
  });

  test('goes on where it was when the broken connection brought nothing', async () => {
    await using registry = await playChunks((chunk, number) =>
      number === 2
        ? { part: chunk.subarray(0, 0), answers: false }
        : { part: chunk, answers: true },
    );

    await put(registry, sourceOf(), { way });

    expect(registry.kept().equals(bytes)).toBe(true);
  });

  test('believes a registry that took less than it was sent', async () => {
    await using registry = await playChunks((chunk) => ({
      part: chunk.subarray(0, 250_000),
      answers: true,
    }));

    await put(registry, sourceOf(), { way });

    expect(registry.kept().equals(bytes)).toBe(true);
  });

  test('gives up when connections break and bring nothing', async () => {
    await using registry = await playChunks((chunk) => ({
      part: chunk.subarray(0, 0),
      answers: false,
    }));

    await expect(put(registry, sourceOf(), { way })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
    expect(lines(registry).filter((line) => line.startsWith('PATCH'))).toHaveLength(2);
  });

  test.each(['0-999999', '0-0'])(
    'believes no registry that says %s after the first chunk',
    async (range) => {
      await using registry = await playUploads(({ line }) =>
        line.startsWith('PATCH')
          ? { status: 202, headers: { location: `${uploads}2`, range } }
          : undefined,
      );

      await expect(put(registry, bytes, { way })).rejects.toMatchObject({
        code: 'REGISTRY_ANSWER_INVALID',
      });
    },
  );

  test('sends as much at once as the registry wants at least', async () => {
    await using registry = await playUploads(({ line }) => {
      const headers = { location: `${uploads}1`, 'oci-chunk-min-length': '600000' };
      return /^(POST|PATCH)/.test(line) ? { status: 202, headers } : undefined;
    });

    await put(registry, bytes, { way });

    expect(registry.seen.map(({ body }) => body.length)).toEqual([0, 600_000, 400_000, 0]);
  });

  test('ends with the error of its source, and asks the registry nothing more', async () => {
    await using registry = await playChunks((part) => ({ part, answers: true }));
    const source = () => Readable.from(failing(), { objectMode: false });

    await expect(put(registry, source, { way })).rejects.toThrow('the disk is gone');
    expect(lines(registry).filter((line) => line.startsWith('GET'))).toEqual([]);
  });
});
