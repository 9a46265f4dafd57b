import { describe, expect, test } from 'vitest';
import { parseReference, systemClock } from '#kernel';
import { TestClock } from '#kernel/testing';
import { createRegistryClient, type RegistryClientOptions } from '../create-registry-client.ts';
import { createTransport } from '../http/transport.ts';
import { type OddAnswer, type SeenRequest, startOddRegistry } from '../testing/odd-registry.ts';
import { createAuthorizer } from './authorizer.ts';
import { noScope } from './scope.ts';

const latest = parseReference('latest');
const credential = { kind: 'password', username: 'ada', password: 'secret' } as const;
const basic = `Basic ${btoa('ada:secret')}`;
const manifest: OddAnswer = {
  headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
  body: '{}',
};

function open(registry: string, options: Partial<RegistryClientOptions> = {}) {
  return createRegistryClient({ registry, clock: systemClock, ...options });
}

interface Played {
  /** What the service gives out, one after the other; the last one ever after. */
  readonly tokens?: readonly object[];
  readonly challenge?: string;
  /** Authorization headers that the registry takes. */
  readonly takes: (authorization: string) => boolean;
}

/** A registry and its token service, on two hosts. */
async function playService({ tokens = [{ token: 't1' }], challenge = '', takes }: Played) {
  let given = 0;
  const service = await startOddRegistry(() => {
    given += 1;
    const token = tokens[Math.min(given, tokens.length) - 1];
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(token) };
  });
  const registry = await startOddRegistry(({ headers: { authorization = '' } }) => {
    if (takes(authorization)) return manifest;
    const header = `Bearer realm="${service.url}/token?x=1",service="hub"${challenge}`;
    return { status: 401, headers: { 'www-authenticate': header } };
  });
  return {
    service,
    registry,
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}

const authorizations = (seen: readonly SeenRequest[]) =>
  seen.map(({ headers }) => headers.authorization);

describe('a registry with a token service', () => {
  test('gets a token that was asked for with name and password, and is asked no more without', async () => {
    await using played = await playService({ takes: (header) => header === 'Bearer t1' });
    await using client = open(played.registry.url, { credential });
    const repository = client.repository('team/app');

    await repository.getManifest(latest);
    await repository.getManifest(latest);

    expect(authorizations(played.registry.seen)).toEqual([undefined, 'Bearer t1', 'Bearer t1']);
    expect(played.service.seen.map(({ line }) => line)).toEqual([
      'GET /token?x=1&service=hub&scope=repository%3Ateam%2Fapp%3Apull',
    ]);
    expect(authorizations(played.service.seen)).toEqual([basic]);
  });

  test('gives tokens to nobody in particular', async () => {
    await using played = await playService({
      tokens: [{ access_token: 'anonymous' }],
      takes: (header) => header === 'Bearer anonymous',
    });
    await using client = open(played.registry.url);

    await client.repository('team/app').getManifest(latest);

    expect(authorizations(played.service.seen)).toEqual([undefined]);
  });

  test('is asked for one token by many calls at once', async () => {
    await using played = await playService({ takes: (header) => header === 'Bearer t1' });
    await using client = open(played.registry.url);
    const repository = client.repository('team/app');

    await Promise.all(Array.from({ length: 10 }, () => repository.getManifest(latest)));

    expect(played.service.seen).toHaveLength(1);
  });

  test('is asked for a token of its own for each repository, and for more rights', async () => {
    await using played = await playService({ takes: (header) => header === 'Bearer t1' });
    await using client = open(played.registry.url);

    await client.repository('team/app').getManifest(latest);
    await client.repository('team/base').getManifest(latest);
    await client
      .repository('team/app')
      .deleteManifest(latest)
      .catch(() => undefined);

    expect(played.service.seen.map(({ line }) => line.split('scope=')[1])).toEqual([
      'repository%3Ateam%2Fapp%3Apull',
      'repository%3Ateam%2Fbase%3Apull',
      'repository%3Ateam%2Fapp%3Adelete',
    ]);
  });

  test('is asked again before a token ends', async () => {
    const clock = new TestClock();
    await using played = await playService({
      tokens: [{ token: 't1', expires_in: 300 }, { token: 't2' }],
      takes: (header) => header !== '',
    });
    await using client = open(played.registry.url, { clock });
    const repository = client.repository('team/app');

    await repository.getManifest(latest);
    clock.advance(269_000);
    await repository.getManifest(latest);
    clock.advance(2_000);
    await repository.getManifest(latest);

    expect(authorizations(played.registry.seen)).toEqual([
      undefined,
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  test('that wants more than was thought names it, and is asked for that once', async () => {
    await using played = await playService({
      tokens: [{ token: 't1' }, { token: 't2' }],
      challenge:
        ',scope="repository:team/app:pull repository:team/base:pull",error="insufficient_scope"',
      takes: (header) => header === 'Bearer t2',
    });
    await using client = open(played.registry.url);
    const repository = client.repository('team/app');
    await repository.getManifest(latest).catch(() => undefined);

    await repository.getManifest(latest);

    expect(authorizations(played.registry.seen)).toEqual([
      undefined,
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
    expect(played.service.seen.at(-1)?.line).toBe(
      'GET /token?x=1&service=hub&scope=repository%3Ateam%2Fapp%3Apull&scope=repository%3Ateam%2Fbase%3Apull',
    );
  });

  test('that takes no token at all denies', async () => {
    await using played = await playService({ takes: () => false });
    await using client = open(played.registry.url);

    await expect(client.repository('team/app').getManifest(latest)).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
      detail: { status: 401 },
    });
    expect(played.registry.seen).toHaveLength(2);
  });

  test('whose service refuses the password denies in its words', async () => {
    await using service = await startOddRegistry(() => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[{"code":"UNAUTHORIZED","message":"wrong\\u001b[31m password"}]}',
    }));
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${service.url}/token"` },
    }));
    await using client = open(registry.url, { credential });

    await expect(client.ping()).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
      message: expect.stringContaining('(UNAUTHORIZED: wrong [31m password)'),
    });
  });

  test('A32 whose service sends its clients on is not followed with the password', async () => {
    await using thief = await startOddRegistry(() => ({ body: '{"token":"t"}' }));
    await using service = await startOddRegistry(() => ({
      status: 302,
      headers: { location: `${thief.url}/token` },
    }));
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${service.url}/token"` },
    }));
    await using client = open(registry.url, { credential });

    await expect(client.ping()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    expect(authorizations(service.seen)).toEqual([basic]);
    expect(thief.seen).toEqual([]);
  });

  test.each([{}, { token: 7 }, { token: 'two\r\nlines' }, { token: '' }])(
    'whose service answers %j gave no token',
    async (token) => {
      await using played = await playService({ tokens: [token], takes: () => false });
      await using client = open(played.registry.url);

      await expect(client.ping()).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
    },
  );

  test('is waited for by each call as long as it likes', async () => {
    const asked = Promise.withResolvers<void>();
    await using service = await startOddRegistry(() => () => asked.resolve());
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${service.url}/token"` },
    }));
    await using client = open(registry.url);
    const patience = new AbortController();

    const ping = client.ping({ signal: patience.signal });
    await asked.promise;
    patience.abort(new Error('enough'));

    await expect(ping).rejects.toThrow('enough');
  });
});

describe('a registry with Basic', () => {
  test('gets name and password when it asks for them, and from then on', async () => {
    await using registry = await startOddRegistry(({ headers: { authorization } }) =>
      authorization === basic
        ? manifest
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="registry"' } },
    );
    await using client = open(registry.url, { credential });

    await client.ping();
    await client.ping();

    expect(authorizations(registry.seen)).toEqual([undefined, basic, basic]);
  });

  test('that does not take them denies', async () => {
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="registry"' },
    }));
    await using client = open(registry.url, { credential });

    await client.ping().catch(() => undefined);
    await expect(client.ping()).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    expect(registry.seen).toHaveLength(3);
  });

  test('gets nothing from nobody', async () => {
    await using registry = await startOddRegistry(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="registry"' },
    }));
    await using client = open(registry.url);

    await expect(client.ping()).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
  });
});

test('a token of the registry is sent as it is, whatever the registry says', async () => {
  await using played = await playService({ takes: (header) => header === 'Bearer attempt' });
  await using known = open(played.registry.url, {
    credential: { kind: 'bearer', token: 'attempt' },
  });
  await using unknown = open(played.registry.url, { credential: { kind: 'bearer', token: 'x' } });

  await known.ping();
  await expect(unknown.ping()).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });

  expect(authorizations(played.registry.seen)).toEqual(['Bearer attempt', 'Bearer x']);
  expect(played.service.seen).toEqual([]);
});

test.each([
  ['https://hub.example.com', 'http://auth.example.com/token'],
  ['https://hub.example.com', 'ftp://auth.example.com/token'],
  ['https://hub.example.com', 'https://user:word@auth.example.com/token'],
  ['http://localhost:5000', 'javascript:alert(1)'],
  ['http://localhost:5000', '/token'],
  ['http://localhost:5000', ''],
])('A32 what %s says does not make anybody send a credential to %j', async (registry, realm) => {
  await using transport = createTransport({ silenceMilliseconds: 1_000 });
  const authorizer = createAuthorizer({
    registry: new URL(registry),
    credential,
    transport,
    clock: systemClock,
  });

  const renewed = authorizer.renew({
    scope: noScope,
    sent: undefined,
    challenges: `Bearer realm="${realm}"`,
  });

  await expect(renewed).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' });
});
