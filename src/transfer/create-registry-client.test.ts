import { describe, expect, test } from 'vitest';
import { parseReference } from '#kernel';
import { TestClock } from '#kernel/testing';
import { freePort } from '#platform/http/testing';
import { createRegistryClient } from './create-registry-client.ts';
import { type OddAnswer, refusal, startOddRegistry } from './testing/odd-registry.ts';

const clock = new TestClock();

async function ping(answer: OddAnswer, silenceMilliseconds = 60_000) {
  await using registry = await startOddRegistry(() => answer);
  await using client = createRegistryClient({ registry: registry.url, clock, silenceMilliseconds });
  await client.ping();
}

describe('a registry', () => {
  test('answers at /v2/', async () => {
    await using registry = await startOddRegistry(() => ({ body: '{}' }));
    await using client = createRegistryClient({ registry: registry.url, clock });

    await client.ping();

    expect(client.host).toBe(new URL(registry.url).host);
    expect(registry.seen[0]?.line).toBe('GET /v2/');
  });

  test('is no page that says 200 to everything', async () => {
    const page = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' };

    await expect(ping(page)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
  });

  test.each<readonly [string, OddAnswer, string, object]>([
    [
      '429',
      refusal(429, 'TOOMANYREQUESTS', 'slow down', { 'retry-after': '7' }),
      'REGISTRY_BUSY',
      { retryAfterSeconds: 7, registryCode: 'TOOMANYREQUESTS' },
    ],
    [
      '503 with a date',
      { status: 503, headers: { 'retry-after': 'Tue, 24 Nov 2026 06:01:30 GMT' } },
      'REGISTRY_BUSY',
      { retryAfterSeconds: 90 },
    ],
    [
      '503 with nonsense',
      { status: 503, headers: { 'retry-after': 'soon' } },
      'REGISTRY_BUSY',
      { status: 503 },
    ],
    ['500', { status: 500, body: 'oops' }, 'REGISTRY_FAILED', { status: 500 }],
    ['401 without a way in', { status: 401 }, 'REGISTRY_DENIED', { status: 401 }],
    ['403', refusal(403, 'DENIED', 'no'), 'REGISTRY_DENIED', { registryMessage: 'no' }],
    ['404', { status: 404 }, 'REGISTRY_REFUSED', { status: 404 }],
    [
      'an envelope that is none',
      refusal(400, 7 as never, [] as never),
      'REGISTRY_REFUSED',
      { status: 400 },
    ],
    ['304', { status: 304 }, 'REGISTRY_ANSWER_INVALID', { status: 304 }],
  ])('says what it means with %s', async (_, answer, code, detail) => {
    await expect(ping(answer)).rejects.toMatchObject({ code, detail });
  });

  test('that does not listen is out of reach', async () => {
    const registry = `http://127.0.0.1:${await freePort()}`;
    await using client = createRegistryClient({ registry, clock });

    await expect(client.ping()).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining('connection refused'),
    });
  });

  test('that falls silent is out of reach', async () => {
    const silent = () => undefined;

    await expect(ping(silent, 100)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining('it fell silent'),
    });
  });

  test('is spoken to by its own name through a gateway', async () => {
    await using registry = await startOddRegistry(() => ({ body: '{}' }));
    const { hostname, port } = new URL(registry.url);
    const gateway = { host: hostname, port: Number(port) };
    await using client = createRegistryClient({
      registry: 'http://hub.example.com',
      clock,
      gateway,
    });

    await client.ping();

    expect(client.host).toBe('hub.example.com');
    expect(registry.seen[0]?.headers.host).toBe('hub.example.com');
  });
});

test.each([
  'hub.example.com',
  'ftp://hub.example.com',
  'https://hub.example.com/v2/',
  'https://ada:word@hub.example.com',
  'https://hub.example.com/?a',
  '',
])('%j is no address of a registry', (registry) => {
  expect(() => createRegistryClient({ registry, clock })).toThrow(
    expect.objectContaining({ code: 'REGISTRY_ADDRESS_INVALID' }),
  );
});

test.each(['../secrets', 'team/App', 'team//app', 'team/app?x', '', '/app'])(
  '%j is no name of a repository',
  async (name) => {
    await using client = createRegistryClient({ registry: 'https://hub.example.com', clock });

    expect(() => client.repository(name)).toThrow(
      expect.objectContaining({ code: 'NAME_INVALID' }),
    );
  },
);

test('a name on another registry may have one part', async () => {
  await using registry = await startOddRegistry(() => ({ status: 404 }));
  await using client = createRegistryClient({ registry: registry.url, clock });

  await client.repository('debian').getManifest(parseReference('latest'));

  expect(registry.seen[0]?.line).toBe('GET /v2/debian/manifests/latest');
});
