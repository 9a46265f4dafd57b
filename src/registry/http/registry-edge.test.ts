import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';
import { storageErrors } from '#storage';
import { registryErrors } from '../registry-errors.ts';
import { imageOf, pushBlob, pushImage, visitOf } from '../testing/content.ts';
import {
  type EdgeFixture,
  openEdge,
  type TestAnswer,
  type TestRequest,
} from '../testing/edge-fixture.ts';
import { recordingRules } from '../testing/recording-rules.ts';

const repository = '/v2/team/app-1';
const text = 'some bytes of a blob';
const digest = digestOf(Buffer.from(text));
const missing = digestOf(Buffer.from('missing'));
const manifestType = { 'content-type': mediaTypes.ociManifest };
const noSession = `${repository}/blobs/uploads/0b7f2b1e-7f0e-4d5b-8a37-0a6c2a3c9f11`;

interface Row {
  readonly name: string;
  readonly request: TestRequest;
  readonly expect: {
    readonly status: number;
    readonly codes?: readonly string[];
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly body?: string;
  };
}

function expectAnswer(answer: TestAnswer, expected: Row['expect']): void {
  const { status, codes, headers = {}, body } = expected;
  expect(answer).toMatchObject({ status, headers, ...(codes === undefined ? {} : { codes }) });
  if (body !== undefined) expect(answer.body).toBe(body);
}

/** Content that every row finds: the blob above, and an image `v1` over it. */
describe('the registry answers', () => {
  const image = imageOf('v1', [{ digest, size: text.length }]);
  const manifestDigest = digestOf(image.bytes);
  const manifest = Buffer.from(image.bytes).toString();
  const blob = `${repository}/blobs/${digest}`;
  const tooLarge = ' '.repeat(4 * 1024 * 1024 + 1);
  let edge: EdgeFixture;

  beforeAll(async () => {
    edge = await openEdge();
    await pushBlob(edge.registry, visitOf(1), Buffer.from(text));
    for (const tag of ['v1', 'v2', 'v3']) {
      await edge.registry.manifests.put(visitOf(1), {
        ...imageOf(tag, [{ digest, size: text.length }]),
      });
    }
  });
  afterAll(() => edge[Symbol.asyncDispose]());

  const rows: readonly Row[] = [
    {
      name: 'the check',
      request: { path: '/v2/' },
      expect: { status: 200, body: '{}', headers: { 'content-type': 'application/json' } },
    },
    {
      name: 'the check without a credential, with where to get one',
      request: { path: '/v2/', headers: { authorization: 'none' } },
      expect: {
        status: 401,
        codes: ['UNAUTHORIZED'],
        headers: { 'www-authenticate': /^Bearer realm=/ },
      },
    },
    {
      name: 'a manifest by tag',
      request: { path: `${repository}/manifests/v1` },
      expect: {
        status: 200,
        body: manifest,
        headers: {
          'content-type': mediaTypes.ociManifest,
          'docker-content-digest': manifestDigest,
          etag: `"${manifestDigest}"`,
        },
      },
    },
    {
      name: 'a manifest whatever the client would rather accept',
      request: {
        path: `${repository}/manifests/v1`,
        headers: { accept: 'application/vnd.docker.distribution.manifest.v1+json' },
      },
      expect: { status: 200, headers: { 'content-type': mediaTypes.ociManifest } },
    },
    {
      name: 'the head of a manifest by digest',
      request: { method: 'HEAD', path: `${repository}/manifests/${manifestDigest}` },
      expect: {
        status: 200,
        body: '',
        headers: {
          'content-length': String(manifest.length),
          'docker-content-digest': manifestDigest,
        },
      },
    },
    {
      name: 'a manifest that is not there',
      request: { path: `${repository}/manifests/nope` },
      expect: { status: 404, codes: ['MANIFEST_UNKNOWN'] },
    },
    {
      name: 'A2 a manifest of another repository',
      request: { path: `/v2/team/app-2/manifests/${manifestDigest}` },
      expect: { status: 404, codes: ['MANIFEST_UNKNOWN'] },
    },
    {
      name: 'a repository that is not there',
      request: { path: '/v2/team/nothing/tags/list' },
      expect: { status: 404, codes: ['NAME_UNKNOWN'] },
    },
    {
      name: 'a name without a namespace, with the remedy',
      request: { method: 'POST', path: '/v2/app/blobs/uploads/' },
      expect: { status: 403, codes: ['DENIED'] },
    },
    {
      name: 'the page of all tags',
      request: { path: `${repository}/tags/list` },
      expect: { status: 200, body: '{"name":"team/app-1","tags":["v1","v2","v3"]}' },
    },
    {
      name: 'a page of tags, with the way to the next',
      request: { path: `${repository}/tags/list?n=2` },
      expect: {
        status: 200,
        body: '{"name":"team/app-1","tags":["v1","v2"]}',
        headers: { link: `<${repository}/tags/list?n=2&last=v2>; rel="next"` },
      },
    },
    {
      name: 'the last page of tags',
      request: { path: `${repository}/tags/list?n=2&last=v2` },
      expect: { status: 200, body: '{"name":"team/app-1","tags":["v3"]}' },
    },
    {
      name: 'a page of no tags',
      request: { path: `${repository}/tags/list?n=0` },
      expect: { status: 200, body: '{"name":"team/app-1","tags":[]}' },
    },
    {
      name: 'A11 a page of more tags than it gives at once',
      request: { path: `${repository}/tags/list?n=999999999` },
      expect: { status: 200 },
    },
    {
      name: 'a blob as bytes of no type',
      request: { path: blob },
      expect: {
        status: 200,
        body: text,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(text.length),
          'docker-content-digest': digest,
          'accept-ranges': 'bytes',
        },
      },
    },
    {
      name: 'the head of a blob',
      request: { method: 'HEAD', path: blob },
      expect: { status: 200, headers: { 'content-length': String(text.length) } },
    },
    {
      name: 'a part of a blob',
      request: { path: blob, headers: { range: 'bytes=5-9' } },
      expect: {
        status: 206,
        body: 'bytes',
        headers: { 'content-range': `bytes 5-9/${text.length}`, 'content-length': '5' },
      },
    },
    {
      name: 'A43 a part behind the end, with how large the whole is',
      request: { path: blob, headers: { range: 'bytes=500-' } },
      expect: {
        status: 416,
        codes: ['UNSUPPORTED'],
        headers: { 'content-range': `bytes */${text.length}` },
      },
    },
    {
      name: 'A43 many parts at once, as the whole',
      request: { path: blob, headers: { range: `bytes=${'0-1,'.repeat(2_000)}0-1` } },
      expect: { status: 200, body: text },
    },
    {
      name: 'the rest of a blob whose beginning the client has',
      request: { path: blob, headers: { range: 'bytes=5-', 'if-range': `"${digest}"` } },
      expect: { status: 206, body: text.slice(5) },
    },
    ...[`"${missing}"`, `W/"${digest}"`, 'Wed, 21 Oct 2015 07:28:00 GMT'].map((held) => ({
      name: `the whole of a blob, of which the client has something else: ${held}`,
      request: { path: blob, headers: { range: 'bytes=5-', 'if-range': held } },
      expect: { status: 200, body: text },
    })),
    ...[`"${digest}"`, `W/"${digest}"`, `"${missing}", "${digest}"`, '*'].map((held) => ({
      name: `a blob that the client has: ${held}`,
      request: { path: blob, headers: { 'if-none-match': held } },
      expect: { status: 304, body: '' },
    })),
    {
      name: 'a blob under its digest with the colon escaped',
      request: { path: blob.replace(':', '%3A') },
      expect: { status: 200, body: text },
    },
    {
      name: 'a manifest that the client has',
      request: {
        path: `${repository}/manifests/v1`,
        headers: { 'if-none-match': `"${manifestDigest}"` },
      },
      expect: { status: 304, body: '', headers: { 'docker-content-digest': manifestDigest } },
    },
    {
      name: 'a manifest that is another than the client has',
      request: {
        path: `${repository}/manifests/v1`,
        headers: { 'if-none-match': `"${missing}"` },
      },
      expect: { status: 200, body: manifest },
    },
    {
      name: 'a blob that is not there',
      request: { path: `${repository}/blobs/${missing}` },
      expect: { status: 404, codes: ['BLOB_UNKNOWN'] },
    },
    {
      name: 'A2 a blob of another repository',
      request: { path: `/v2/team/app-2/blobs/${digest}` },
      expect: { status: 404, codes: ['BLOB_UNKNOWN'] },
    },
    {
      name: 'the deletion of a blob that a manifest needs',
      request: { method: 'DELETE', path: blob },
      expect: { status: 405, codes: ['UNSUPPORTED'] },
    },
    {
      name: 'the deletion of a blob that is not there',
      request: { method: 'DELETE', path: `${repository}/blobs/${missing}` },
      expect: { status: 404, codes: ['BLOB_UNKNOWN'] },
    },
    {
      name: 'a blob pushed in one request',
      request: {
        method: 'POST',
        path: `${repository}/blobs/uploads/?digest=${digestOf(Buffer.from('one'))}`,
        body: 'one',
      },
      expect: {
        status: 201,
        headers: { location: `${repository}/blobs/${digestOf(Buffer.from('one'))}` },
      },
    },
    {
      name: 'A16 a blob pushed under a wrong digest',
      request: {
        method: 'POST',
        path: `${repository}/blobs/uploads/?digest=${missing}`,
        body: 'other',
      },
      expect: { status: 400, codes: ['DIGEST_INVALID'] },
    },
    {
      name: 'A2 a mount from a repository that lacks the blob, as an upload',
      request: {
        method: 'POST',
        path: `/v2/team/app-3/blobs/uploads/?mount=${digest}&from=team/app-2`,
      },
      expect: { status: 202 },
    },
    {
      name: 'A2 a mount from a repository that may not be read, as an upload',
      request: {
        method: 'POST',
        path: `/v2/team/app-3/blobs/uploads/?mount=${digest}&from=team/app-1`,
        headers: { authorization: 'push team/app-3' },
      },
      expect: { status: 202 },
    },
    {
      name: 'a mount without a source, as an upload',
      request: { method: 'POST', path: `/v2/team/app-3/blobs/uploads/?mount=${digest}` },
      expect: { status: 202 },
    },
    {
      name: 'a mount from a repository that has the blob',
      request: {
        method: 'POST',
        path: `/v2/team/app-4/blobs/uploads/?mount=${digest}&from=team/app-1`,
      },
      expect: { status: 201, headers: { location: `/v2/team/app-4/blobs/${digest}` } },
    },
    {
      name: 'an upload that was never begun',
      request: { method: 'PATCH', path: noSession, body: 'x' },
      expect: { status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] },
    },
    {
      name: 'an upload whose id is no id',
      request: { path: `${repository}/blobs/uploads/...` },
      expect: { status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] },
    },
    {
      name: 'a closing request without a digest',
      request: { method: 'PUT', path: noSession },
      expect: { status: 400, codes: ['DIGEST_INVALID'] },
    },
    {
      name: 'a manifest over blobs that are not there',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/v9`,
        headers: manifestType,
        body: imageOf('v9', [{ digest: missing, size: 1 }]).bytes,
      },
      expect: { status: 404, codes: ['MANIFEST_BLOB_UNKNOWN'] },
    },
    {
      name: 'a manifest that is none',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/v9`,
        headers: manifestType,
        body: 'no manifest',
      },
      expect: { status: 400, codes: ['MANIFEST_INVALID'] },
    },
    {
      name: 'A12 a manifest that says it is a page',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/v9`,
        headers: { 'content-type': 'text/html' },
        body: manifest,
      },
      expect: { status: 400, codes: ['MANIFEST_INVALID'] },
    },
    {
      name: 'A11 a manifest of more than 4 MiB',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/v9`,
        headers: manifestType,
        body: tooLarge,
      },
      expect: { status: 413, codes: ['MANIFEST_INVALID'] },
    },
    {
      name: 'a manifest under a wrong digest',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/${missing}`,
        headers: manifestType,
        body: manifest,
      },
      expect: { status: 400, codes: ['DIGEST_INVALID'] },
    },
    {
      name: 'a push by someone who may pull only',
      request: {
        method: 'PUT',
        path: `${repository}/manifests/v9`,
        headers: { ...manifestType, authorization: 'pull team/app-1' },
        body: manifest,
      },
      expect: { status: 403, codes: ['DENIED'] },
    },
    {
      name: 'A9 a pull by someone who may pull a name that only begins alike',
      request: {
        path: '/v2/team/app-11/manifests/v1',
        headers: { authorization: 'pull team/app-1' },
      },
      expect: { status: 403, codes: ['DENIED'] },
    },
    {
      name: 'A14 an encoded path',
      request: { path: '/v2/team%2Fapp-1/manifests/v1' },
      expect: { status: 400, codes: ['NAME_INVALID'] },
    },
    {
      name: 'A14 a path that climbs',
      request: { path: '/v2/team/../../etc/manifests/v1' },
      expect: { status: 400, codes: ['NAME_INVALID'] },
    },
    {
      name: 'a method that the path does not know',
      request: { method: 'POST', path: `${repository}/manifests/v1` },
      expect: { status: 405, codes: ['UNSUPPORTED'] },
    },
    {
      name: 'a path that it does not know',
      request: { path: `${repository}/else` },
      expect: { status: 404 },
    },
  ];

  test.each(rows)('$name', async (row) => {
    const answer = await edge.send(row.request);

    const { headers, ...expected } = row.expect;
    expectAnswer(answer, { ...expected, headers: asMatchers(headers) });
    expect(answer.headers).toMatchObject({
      'docker-distribution-api-version': 'registry/2.0',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(edge.failures).toEqual([]);
  });
});

function asMatchers(headers: Row['expect']['headers'] = {}): Record<string, unknown> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    value instanceof RegExp ? expect.stringMatching(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

describe('an upload session over HTTP', () => {
  test('goes from POST over PATCHes to PUT, with paths only', async () => {
    await using edge = await openEdge();

    const started = await edge.send({ method: 'POST', path: `${repository}/blobs/uploads/` });
    const path = started.headers.location ?? '';
    const ranges = [];
    for (const [at, chunk] of [
      [0, 'some bytes '],
      [11, 'of a blob'],
    ] as const) {
      const headers = { 'content-range': `${at}-${at + chunk.length - 1}` };
      const answer = await edge.send({ method: 'PATCH', path, headers, body: chunk });
      ranges.push([answer.status, answer.headers.range, answer.headers.location]);
    }
    const status = await edge.send({ path });
    const finished = await edge.send({ method: 'PUT', path: `${path}?digest=${digest}` });

    expectAnswer(started, { status: 202, headers: { range: '0-0', 'content-length': '0' } });
    const id = String(started.headers['docker-upload-uuid']);
    expect(path).toBe(`${repository}/blobs/uploads/${id}`);
    expect(ranges).toEqual([
      [202, '0-10', path],
      [202, '0-19', path],
    ]);
    expectAnswer(status, { status: 204, headers: { range: '0-19', location: path } });
    expectAnswer(finished, {
      status: 201,
      headers: { location: `${repository}/blobs/${digest}`, 'docker-content-digest': digest },
    });
  });

  test('a chunk out of order is 416 and takes nothing', async () => {
    await using edge = await openEdge();
    const started = await edge.send({ method: 'POST', path: `${repository}/blobs/uploads/` });
    const path = started.headers.location ?? '';

    const headers = { 'content-range': '5-7' };
    const answer = await edge.send({ method: 'PATCH', path, headers, body: 'abc' });

    expectAnswer(answer, { status: 416, codes: ['BLOB_UPLOAD_INVALID'] });
    expectAnswer(await edge.send({ path }), { status: 204, headers: { range: '0-0' } });
  });

  test('can be canceled', async () => {
    await using edge = await openEdge();
    const started = await edge.send({ method: 'POST', path: `${repository}/blobs/uploads/` });
    const path = started.headers.location ?? '';

    expectAnswer(await edge.send({ method: 'DELETE', path }), { status: 204 });
    expectAnswer(await edge.send({ path }), { status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] });
  });
});

describe('deleting over HTTP', () => {
  test('a tag, then the manifest, then its blob', async () => {
    await using edge = await openEdge();
    const image = await pushImage(edge.registry, visitOf(1), 'v1');
    const remove = async (path: string) =>
      (await edge.send({ method: 'DELETE', path: `${repository}/${path}` })).status;

    expect(await remove('manifests/v1')).toBe(202);
    expect(await remove('manifests/v1')).toBe(404);
    expect(await remove(`blobs/${image.layer.digest}`)).toBe(405);
    expect(await remove(`manifests/${image.digest}`)).toBe(202);
    expect(await remove(`blobs/${image.layer.digest}`)).toBe(202);
  });
});

describe('a store that clients can reach', () => {
  test('leads them to the bytes, whole or in part, once they may have them', async () => {
    await using edge = await openEdge({ blobAddress: 'https://bucket.example' });
    const { digest: pushed } = await pushBlob(edge.registry, visitOf(1));
    const path = `${repository}/blobs/${pushed}`;

    const whole = await edge.send({ path });
    const part = await edge.send({ path, headers: { range: 'bytes=0-3' } });
    const denied = await edge.send({ path, headers: { authorization: 'none' } });
    const head = await edge.send({ method: 'HEAD', path });

    for (const answer of [whole, part]) {
      expect(answer.status).toBe(307);
      expect(answer.headers.location).toMatch(/^https:\/\/bucket\.example\/blobs\//);
    }
    expect(denied.status).toBe(401);
    expect(head.status).toBe(200);
  });

  test('gives its bytes to builds through the server', async () => {
    await using edge = await openEdge({ blobAddress: 'https://bucket.example' });
    const { digest: pushed } = await pushBlob(
      edge.registry,
      visitOf(1),
      Buffer.from('for a build'),
    );

    const answer = await edge.send({
      path: `${repository}/blobs/${pushed}`,
      headers: { authorization: 'attempt' },
    });

    expectAnswer(answer, { status: 200 });
    expect(answer.body).toBe('for a build');
  });
});

describe('failures', () => {
  test('a refusal by a rule is shown word by word', async () => {
    const rules = {
      ...recordingRules().rules,
      beforeTagMove: async () => {
        throw registryErrors.fail('DENIED', 'cannot be updated due to immutability settings');
      },
    };
    await using edge = await openEdge({ rules: [rules] });
    const blob = await pushBlob(edge.registry, visitOf(1));

    const answer = await edge.send({
      method: 'PUT',
      path: `${repository}/manifests/v1`,
      headers: manifestType,
      body: imageOf('v1', [blob]).bytes,
    });

    expectAnswer(answer, { status: 403, codes: ['DENIED'] });
    expect(answer.body).toContain('cannot be updated due to immutability settings');
  });

  test('what nobody foresaw is logged once and says nothing but its number', async () => {
    const broken = async () => {
      throw new Error('secret detail');
    };
    await using edge = await openEdge({
      wrap: (registry) => ({ ...registry, tags: { ...registry.tags, list: broken } }),
    });

    const answer = await edge.send({ path: `${repository}/tags/list` });

    expectAnswer(answer, { status: 500, codes: ['UNKNOWN'] });
    expect(answer.body).not.toContain('secret detail');
    expect(answer.body).toContain(answer.headers['x-request-id'] ?? 'no id');
    expect(edge.failures).toEqual(['a registry request failed']);
  });

  test('A42 a full disk is answered with 507 and its remedy', async () => {
    const full = async () => {
      throw storageErrors.fail('BLOB_STORE_FULL', 'the disk is full: free some space');
    };
    await using edge = await openEdge({
      wrap: (registry) => ({ ...registry, uploads: { ...registry.uploads, put: full } }),
    });

    const path = `${repository}/blobs/uploads/?digest=${digest}`;
    const answer = await edge.send({ method: 'POST', path, body: text });

    expectAnswer(answer, { status: 507, codes: ['UNKNOWN'] });
    expect(answer.body).toContain('free some space');
  });

  test('a client that breaks off its upload is no failure, and the upload stands', async () => {
    await using edge = await openEdge();
    const started = await edge.send({ method: 'POST', path: `${repository}/blobs/uploads/` });
    const path = started.headers.location ?? '';

    await breakOff(edge.port, `PATCH ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc`);

    await expect
      .poll(async () => (await edge.send({ method: 'PATCH', path, body: 'whole' })).status)
      .toBe(202);
    expect((await edge.send({ path })).headers.range).toBe('0-4');
    expect(edge.failures).toEqual([]);
  });

  test('a client that breaks off its download is no failure', async () => {
    await using edge = await openEdge();
    const large = Buffer.alloc(20_000_000);
    const blob = await pushBlob(edge.registry, visitOf(1), large);

    const path = `${repository}/blobs/${blob.digest}`;
    await breakOff(edge.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);

    expectAnswer(await edge.send({ path: '/v2/' }), { status: 200 });
    expect(edge.failures).toEqual([]);
  });

  test('bytes that fail on their way break the connection, and are logged', async () => {
    const breaking = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(10);
          throw new Error('the disk is gone');
        })(),
      );
    await using edge = await openEdge({
      wrap: (registry) => {
        const get = async () => ({
          digest,
          size: 100,
          read: breaking,
          redirect: async () => undefined,
        });
        return { ...registry, blobs: { ...registry.blobs, get } };
      },
    });
    const blob = await pushBlob(edge.registry, visitOf(1), Buffer.alloc(100));

    await expect(edge.send({ path: `${repository}/blobs/${blob.digest}` })).rejects.toThrow();

    expect(edge.failures).toEqual(['a registry request failed']);
  });
});

/** Sends a text on a connection of its own and tears that down once the server has reacted. */
async function breakOff(port: number, request: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  await Promise.race([once(socket, 'data'), nextTurns(20)]);
  socket.destroy();
  await once(socket, 'close');
}

async function nextTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}
