import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { accountOperations, buildOperations, repositoryOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { pushImage } from './testing/push-image.ts';
import { startBuild } from './testing/started-build.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let clock: TestClock;
beforeAll(async () => {
  clock = new TestClock();
  server = await startTestServer({ clock });
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (name: string, authorization: string, method = 'GET', path = 'tags/list') =>
  fetch(`${server.url}/v2/${name}/${path}`, { method, headers: { authorization } });
const startUpload = (name: string, authorization: string) =>
  ask(name, authorization, 'POST', 'blobs/uploads/');
const create = (name: string, isPrivate: boolean) =>
  server.ada.client.call(repositoryOperations.create, { body: { name, isPrivate } });

async function tokenFor(scope: string, authorization?: string): Promise<string> {
  const query = new URLSearchParams({ service: new URL(server.url).host, scope });
  const answer = await fetch(`${server.url}/token?${query.toString()}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}

describe('a personal access token', () => {
  test('loses its power within five seconds of its end, and what was issued for it too', async () => {
    await create('ada/revoked', true);
    const { id, basic } = await server.ada.makeToken('repo:write');
    const bearer = await tokenFor('repository:ada/revoked:pull', basic);
    const before = [await ask('ada/revoked', basic), await ask('ada/revoked', bearer)];

    await server.ada.client.call(accountOperations.revokeToken, { params: { id } });
    clock.advance(4_999);
    const after = [await ask('ada/revoked', basic), await ask('ada/revoked', bearer)];

    expect(before.map(({ status }) => status)).toEqual([200, 200]);
    expect(after.map(({ status }) => status)).toEqual([401, 401]);
  });

  test('that writes pushes to a new name, which makes the repository', async () => {
    const { secret } = await server.ada.makeToken('repo:write');

    const digest = await pushImage(server, { name: 'ada', secret }, 'ada/brand-new:v1');
    const { items } = await server.ada.client.call(repositoryOperations.listTags, {
      params: { namespace: 'ada', name: 'brand-new' },
    });

    expect(items).toMatchObject([{ tag: 'v1', digest }]);
  });

  test.each(['repo:read', 'repo:public_read'] as const)('%s pushes nothing', async (scope) => {
    const { basic } = await server.ada.makeToken(scope);

    const answer = await startUpload('ada/never', basic);

    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'DENIED' }] });
  });
});

describe('a token of the token service', () => {
  test('is worth what it says, and no more: the client is sent for another one', async () => {
    await create('ada/scoped', true);
    const bearer = await tokenFor('repository:ada/scoped:pull', server.ada.basic);

    const answer = await startUpload('ada/scoped', bearer);

    expect((await ask('ada/scoped', bearer)).status).toBe(200);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /scope="repository:ada\/scoped:pull,push",error="insufficient_scope"/,
    );
  });

  test('for nobody pulls what is public', async () => {
    await create('ada/open', false);
    const bearer = await tokenFor('repository:ada/open:pull');

    expect((await ask('ada/open', bearer)).status).toBe(200);
    expect((await startUpload('ada/open', bearer)).status).toBe(401);
  });

  test('ends with its repository’s being public', async () => {
    await create('ada/closing', false);
    const bearer = await tokenFor('repository:ada/closing:pull', server.bob.basic);
    expect((await ask('ada/closing', bearer)).status).toBe(200);

    await server.ada.client.call(repositoryOperations.update, {
      params: { namespace: 'ada', name: 'closing' },
      body: { isPrivate: true },
    });
    clock.advance(4_999);

    expect((await ask('ada/closing', bearer)).status).toBe(404);
  });
});

describe('the token of an attempt', () => {
  async function runAttempt(name: string) {
    await makeBuildable(server, name, { isPrivate: true });
    const buildId = await startBuild(server, name);
    const builder = connectBuilder(server, { name });
    const { assignment } = await builder.next('assignment');
    return { buildId, builder, bearer: `Bearer ${assignment.token}` };
  }

  test('pulls the private repositories of its own namespace, and public ones of others', async () => {
    const { builder, bearer } = await runAttempt('pulling');
    await using _ = builder;
    await create('ada/base', true);
    const statusOf = async (name: string) => (await ask(name, bearer)).status;
    const createFor = (name: string, isPrivate: boolean) =>
      server.bob.client.call(repositoryOperations.create, { body: { name, isPrivate } });
    await createFor('bob/open', false);
    await createFor('bob/hidden', true);

    expect(await statusOf('ada/pulling')).toBe(200);
    expect(await statusOf('ada/base')).toBe(200);
    expect(await statusOf('bob/open')).toBe(200);
    expect(await statusOf('bob/hidden')).toBe(404);
    expect(await statusOf('ada/missing')).toBe(404);
  });

  test('pushes to its own repository only, and deletes nothing', async () => {
    const { builder, bearer } = await runAttempt('pushing');
    await using _ = builder;

    const own = await startUpload('ada/pushing', bearer);
    const other = await startUpload('ada/base', bearer);
    const fresh = await startUpload('ada/made-by-a-build', bearer);
    const deletion = await ask('ada/pushing', bearer, 'DELETE', 'manifests/latest');

    expect([own, other, fresh, deletion].map(({ status }) => status)).toEqual([202, 403, 403, 403]);
    expect(await other.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('ada/pushing') }],
    });
  });

  test('loses its power when the build is canceled', async () => {
    const { buildId, builder, bearer } = await runAttempt('canceled');
    await using _ = builder;
    expect((await ask('ada/canceled', bearer)).status).toBe(200);

    await server.ada.client.call(buildOperations.cancel, { params: { buildId } });
    clock.advance(4_999);

    expect((await ask('ada/canceled', bearer)).status).toBe(401);
    expect((await startUpload('ada/canceled', bearer)).status).toBe(401);
  });
});
