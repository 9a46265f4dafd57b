import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushImage, startTestServer, type TestServer } from '#app/testing';

let server: TestServer;
let config: string;

beforeAll(async () => {
  server = await startTestServer();
  for (const name of ['ada/app', 'ada/app-two', 'ada/app/deep', 'ada/ap']) {
    await pushImage(server, server.ada, name);
  }
  await pushImage(server, server.bob, 'bob/app');
  const answer = await ask('GET', 'ada/app-two/manifests/latest', server.ada.basic);
  config = ((await answer.json()) as { config: { digest: string } }).config.digest;
});
afterAll(() => server[Symbol.asyncDispose]());

function ask(method: string, path: string, authorization: string): Promise<Response> {
  return fetch(`${server.url}/v2/${path}`, { method, headers: { authorization } });
}

async function tokenFor(...scopes: readonly string[]): Promise<string> {
  const query = new URLSearchParams({ service: new URL(server.url).host });
  for (const scope of scopes) query.append('scope', scope);
  const answer = await fetch(`${server.url}/token?${query.toString()}`, {
    headers: { authorization: server.ada.basic },
  });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}

const missing = `sha256:${'0'.repeat(64)}`;

describe('A9 a token of the token service', () => {
  test('pulls what it names', async () => {
    const token = await tokenFor('repository:ada/app:pull');

    expect((await ask('GET', 'ada/app/manifests/latest', token)).status).toBe(200);
    expect((await ask('GET', 'ada/app/tags/list', token)).status).toBe(200);
  });

  test.each(['ada/app-two', 'ada/app/deep', 'ada/ap', 'bob/app'])(
    'for ada/app pulls nothing of %s',
    async (name) => {
      const token = await tokenFor('repository:ada/app:pull,push,delete');

      const answer = await ask('GET', `${name}/manifests/latest`, token);

      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      expect(answer.headers.get('www-authenticate')).toContain(`scope="repository:${name}:pull"`);
    },
  );

  test.each([
    ['PUT', 'manifests/latest'],
    ['DELETE', 'manifests/latest'],
    ['POST', 'blobs/uploads/'],
    ['DELETE', `blobs/${missing}`],
  ])('for pulling is none for %s %s', async (method, path) => {
    const token = await tokenFor('repository:ada/app:pull');

    const answer = await ask(method, `ada/app/${path}`, token);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  test('for pushing deletes nothing', async () => {
    const token = await tokenFor('repository:ada/app:pull,push');

    expect((await ask('DELETE', 'ada/app/manifests/latest', token)).status).toBe(401);
  });

  test('mounts nothing from a repository that it does not name', async () => {
    const token = await tokenFor('repository:ada/app:pull,push');

    const mount = `ada/app/blobs/uploads/?mount=${config}&from=ada/app-two`;

    expect((await ask('POST', mount, token)).status).toBe(202);
    const both = await tokenFor('repository:ada/app:pull,push', 'repository:ada/app-two:pull');
    expect((await ask('POST', mount, both)).status).toBe(201);
  });

  test.each([
    'repository:ada/app-two,ada/app:pull',
    'repository:ada/app:push',
    'repository:ada/app-two:pull',
    'repository:ADA/app:pull',
    'repository:ada/app:pull:x',
    'repository:ada/../ada/app:pull',
    'registry:ada/app:pull',
    'repository:ada/*:pull',
  ])('for %s does not pull ada/app', async (scope) => {
    const token = await tokenFor(scope);

    expect((await ask('GET', 'ada/app/manifests/latest', token)).status).toBe(401);
  });

  test('is none for the API, and a session none for the registry', async () => {
    const token = await tokenFor('repository:ada/app:pull');

    const api = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: token } });
    const registry = await ask('GET', 'ada/app/manifests/latest', `Bearer ${server.ada.session}`);

    expect(api.status).toBe(401);
    expect(registry.status).toBe(401);
  });
});

describe('A8 a token that this server did not sign', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  async function forged(header: object, signature?: string): Promise<string> {
    const token = (await tokenFor('repository:ada/app:pull,push,delete')).slice('Bearer '.length);
    const [head = '', body = '', signed = ''] = token.split('.');
    const own = JSON.parse(Buffer.from(head, 'base64url').toString()) as object;
    return `Bearer ${encode({ ...own, ...header })}.${body}.${signature ?? signed}`;
  }

  test.each([
    ['says that it needs no signature', { alg: 'none' }, ''],
    ['says another algorithm', { alg: 'HS256' }, undefined],
    ['says another key', { kid: 'another' }, undefined],
    ['says that it is a session', { typ: 'slipway-session+jwt' }, undefined],
    ['has another signature', {}, Buffer.alloc(64).toString('base64url')],
  ])('and %s opens nothing', async (_what, header, signature) => {
    const answer = await ask('GET', 'ada/app/manifests/latest', await forged(header, signature));

    expect(answer.status).toBe(401);
  });
});
