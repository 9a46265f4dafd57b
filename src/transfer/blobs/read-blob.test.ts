import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { digestOf } from '#platform/crypto';
import { createRegistryClient, type RegistryClientOptions } from '../create-registry-client.ts';
import type { OpenBlobOptions } from '../registry-client.ts';
import { type OddAnswer, refusal, startOddRegistry } from '../testing/odd-registry.ts';

const bytes = randomBytes(3_000_000);
const blob = { digest: digestOf(bytes), size: bytes.length };
const path = `/v2/team/app/blobs/${blob.digest}`;

function open(registry: string, options: Partial<RegistryClientOptions> = {}) {
  return createRegistryClient({ registry, clock: systemClock, ...options });
}

/** Opens the blob on a registry that answers like that, and reads it to its end. */
async function read(answer: Parameters<typeof startOddRegistry>[0], options: OpenBlobOptions = {}) {
  await using registry = await startOddRegistry(answer);
  await using client = open(registry.url, { silenceMilliseconds: 300 });
  const stream = await client.repository('team/app').openBlob(blob, options);
  return { bytes: stream && (await buffer(stream)), seen: registry.seen };
}

/** Sends a part of a body as if the rest came, and then breaks the connection. */
async function breakAfter(response: ServerResponse, part: Uint8Array): Promise<void> {
  response.write(part, () => setImmediate(() => response.destroy()));
}

function rangeOf(header: string | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(header ?? '')?.[1] ?? 0);
}

describe('a blob', () => {
  test('comes whole', async () => {
    const found = await read(() => ({ body: bytes }));

    expect(found.bytes?.equals(bytes)).toBe(true);
    expect(found.seen.map(({ line }) => line)).toEqual([`GET ${path}`]);
  });

  test('may be missing', async () => {
    const found = await read(() => refusal(404, 'BLOB_UNKNOWN', 'not here'));

    expect(found.bytes).toBeUndefined();
  });

  test('comes from a place on, and is not checked then', async () => {
    const tail = Buffer.alloc(1_000, 7);

    const found = await read(
      () => ({
        status: 206,
        headers: { 'content-range': `bytes ${blob.size - 1_000}-${blob.size - 1}/${blob.size}` },
        body: tail,
      }),
      { from: blob.size - 1_000 },
    );

    expect(found.bytes?.equals(tail)).toBe(true);
    expect(found.seen[0]?.headers.range).toBe(`bytes=${blob.size - 1_000}-`);
  });

  test('comes from a place on where the registry knows no ranges', async () => {
    const found = await read(() => ({ body: bytes }), { from: 1_234_567 });

    expect(found.bytes?.equals(bytes.subarray(1_234_567))).toBe(true);
  });

  test('has to be as long as was said, and a body that says otherwise is not read', async () => {
    await using registry = await startOddRegistry(() => ({
      headers: { 'content-length': String(blob.size - 1) },
      body: bytes.subarray(1),
    }));
    await using client = open(registry.url);

    await expect(client.repository('team/app').openBlob(blob)).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
    });
  });

  test.each<readonly [string, OddAnswer]>([
    ['other bytes', { body: Buffer.concat([bytes.subarray(1), Buffer.of(1)]) }],
    [
      'too few, without a length',
      (response) => {
        response.write(bytes.subarray(1));
        response.end();
      },
    ],
    [
      'no end of bytes',
      (response) => {
        const write = () => {
          while (!response.destroyed && response.write(bytes));
        };
        response.on('drain', write);
        write();
      },
    ],
  ])('fails at %s', async (_, answer) => {
    await expect(read(() => answer)).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
      detail: { digest: blob.digest },
    });
  });

  test('fails at another range than was asked for', async () => {
    const headers = { 'content-range': `bytes 0-9/${blob.size}` };
    const answer = { status: 206, headers, body: bytes.subarray(0, 10) };

    await expect(read(() => answer, { from: blob.size - 10 })).rejects.toMatchObject({
      code: 'CONTENT_MISMATCH',
    });
  });

  test('goes on where the connection broke', async () => {
    const found = await read(({ headers }) => (response) => {
      const from = rangeOf(headers.range);
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': blob.size - from,
        ...(from > 0 && { 'content-range': `bytes ${from}-${blob.size - 1}/${blob.size}` }),
      });
      if (from > 2_000_000) response.end(bytes.subarray(from));
      else void breakAfter(response, bytes.subarray(from, from + 1_200_000));
    });

    expect(found.bytes?.equals(bytes)).toBe(true);
    expect(found.seen.length).toBeGreaterThan(2);
  });

  test('goes on after a break where the registry knows no ranges', async () => {
    let asked = 0;
    const found = await read(() => (response) => {
      asked += 1;
      response.writeHead(200, { 'content-length': blob.size });
      if (asked > 1) response.end(bytes);
      else void breakAfter(response, bytes.subarray(0, 1_500_000));
    });

    expect(found.bytes?.equals(bytes)).toBe(true);
    expect(asked).toBe(2);
  });

  test('is given up when connections keep breaking and bring next to nothing', async () => {
    let asked = 0;
    const reading = read(({ headers }) => (response) => {
      asked += 1;
      const from = rangeOf(headers.range);
      response.writeHead(206, {
        'content-length': blob.size - from,
        'content-range': `bytes ${from}-${blob.size - 1}/${blob.size}`,
      });
      void breakAfter(response, bytes.subarray(from, from + 10));
    });

    await expect(reading).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(asked).toBe(4);
  });

  test('goes on after a connection that fell silent', async () => {
    let asked = 0;
    const found = await read(() => (response) => {
      asked += 1;
      response.writeHead(200, { 'content-length': blob.size });
      if (asked > 1) response.end(bytes);
      else response.write(bytes.subarray(0, 1_500_000));
    });

    expect(found.bytes?.equals(bytes)).toBe(true);
    expect(asked).toBe(2);
  });

  test('is not asked for again when nobody wants it any more', async () => {
    const stop = new AbortController();
    await using registry = await startOddRegistry(() => (response) => {
      response.writeHead(200, { 'content-length': blob.size });
      response.write(bytes.subarray(0, 10));
    });
    await using client = open(registry.url);
    const stream = await client.repository('team/app').openBlob(blob, { signal: stop.signal });

    const reading = stream && buffer(stream);
    stop.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
    expect(registry.seen).toHaveLength(1);
  });

  test('lets go of its connection when it is destroyed unread', async () => {
    const gone = Promise.withResolvers<void>();
    await using registry = await startOddRegistry(() => (response) => {
      response.once('close', gone.resolve);
      response.writeHead(200, { 'content-length': blob.size });
      response.write(bytes.subarray(0, 10));
    });
    await using client = open(registry.url);
    const stream = await client.repository('team/app').openBlob(blob);

    stream?.destroy();

    await gone.promise;
  });

  test('is read no faster than somebody takes it', async () => {
    const large = { digest: digestOf(Buffer.alloc(0)), size: 200_000_000 };
    let sent = 0;
    await using registry = await startOddRegistry(() => (response) => {
      response.writeHead(200, { 'content-length': large.size });
      const write = () => {
        do sent += bytes.length;
        while (response.write(bytes) && sent < large.size);
      };
      response.on('drain', write);
      write();
    });
    await using client = open(registry.url);
    const stream = await client.repository('team/app').openBlob(large);

    await once(stream ?? process, 'readable');
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen = { sent: -1 };
    // Until a whole turn of timers brings nothing new.
    const look = setInterval(() => {
      if (seen.sent === sent) resolve();
      seen.sent = sent;
    }, 20);
    await promise;
    clearInterval(look);

    expect(sent).toBeLessThan(30_000_000);
    stream?.destroy();
  });
});

describe('A32 where a blob lies elsewhere', () => {
  test('its place gets no credential', async () => {
    await using store = await startOddRegistry(() => ({ body: bytes }));
    await using registry = await startOddRegistry(() => ({
      status: 307,
      headers: { location: `${store.url}/bytes?signature=1` },
    }));
    await using client = open(registry.url, { credential: { kind: 'bearer', token: 'secret' } });

    const stream = await client.repository('team/app').openBlob(blob);

    expect(stream && (await buffer(stream)).equals(bytes)).toBe(true);
    expect(registry.seen[0]?.headers.authorization).toBe('Bearer secret');
    expect(store.seen[0]?.line).toBe('GET /bytes?signature=1');
    expect(store.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  test('a place that wants a credential gets none, whatever it says', async () => {
    await using thief = await startOddRegistry((_, url) => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${url}/token", Basic realm="x"` },
    }));
    await using registry = await startOddRegistry(() => ({
      status: 307,
      headers: { location: thief.url },
    }));
    const credential = { kind: 'password', username: 'ada', password: 'secret' } as const;
    await using client = open(registry.url, { credential });

    await expect(client.repository('team/app').openBlob(blob)).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
    });
    expect(thief.seen).toHaveLength(1);
  });

  test('no message shows what is signed', async () => {
    await using registry = await startOddRegistry(({ line }, url) =>
      line.includes('signature')
        ? { status: 500 }
        : { status: 302, headers: { location: `${url}/x?signature=abc` } },
    );
    await using client = open(registry.url);

    await expect(client.repository('team/app').openBlob(blob)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: expect.not.stringContaining('abc'),
    });
  });

  test.each(['/round', 'ftp://elsewhere/', 'javascript:1', '//['])(
    'a way that leads to %s is not gone to its end',
    async (location) => {
      await using registry = await startOddRegistry(() => ({
        status: 302,
        headers: { location },
      }));
      await using client = open(registry.url);

      await expect(client.repository('team/app').openBlob(blob)).rejects.toMatchObject({
        code: 'REGISTRY_ANSWER_INVALID',
      });
      expect(registry.seen.length).toBeLessThan(7);
    },
  );
});

describe('asking for a blob', () => {
  test('tells its size', async () => {
    await using registry = await startOddRegistry(() => ({ headers: { 'content-length': '7' } }));
    await using client = open(registry.url);

    const found = await client.repository('team/app').findBlob(blob.digest);

    expect(found).toEqual({ digest: blob.digest, size: 7 });
    expect(registry.seen[0]?.line).toBe(`HEAD ${path}`);
  });

  test('many times over does not take a connection each', async () => {
    await using registry = await startOddRegistry(() => ({ headers: { 'content-length': '7' } }));
    await using client = open(registry.url);
    const repository = client.repository('team/app');

    for (let asked = 0; asked < 20; asked += 1) await repository.findBlob(blob.digest);

    expect(new Set(registry.seen.map(({ port }) => port)).size).toBeLessThan(5);
  });

  test('tells that it is missing', async () => {
    await using registry = await startOddRegistry(() => ({ status: 404 }));
    await using client = open(registry.url);

    expect(await client.repository('team/app').findBlob(blob.digest)).toBeUndefined();
  });
});
