import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { accountOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { startBuild } from './testing/started-build.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let server: TestServer;
let clock: TestClock;
beforeAll(async () => {
  clock = new TestClock();
  server = await startTestServer({ clock });
  await makeBuildable(server, 'app');
});
afterAll(() => server[Symbol.asyncDispose]());

const askFor = async (service: string, repository: string, authorization: string) => {
  const path = `/git/${repository}.git/info/refs?service=${service}`;
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization } });
  await answer.body?.cancel();
  return answer.status;
};
const fetching = (repository: string, authorization: string) =>
  askFor('git-upload-pack', repository, authorization);
const pushing = (repository: string, authorization: string) =>
  askFor('git-receive-pack', repository, authorization);

test('A22 an attempt reads the sources of the namespace that it builds for, and writes none', async () => {
  await makeBuildable(server, 'other', { isPrivate: true });
  await makeBuildable(server, 'app', { owner: server.bob });
  await startBuild(server, 'app');
  await using builder = connectBuilder(server);
  const bearer = `Bearer ${(await builder.next('assignment')).assignment.token}`;

  expect(await fetching('ada/app', bearer)).toBe(200);
  expect(await fetching('ada/other', bearer)).toBe(200);
  expect(await fetching('ada/missing', bearer)).toBe(404);
  expect(await pushing('ada/app', bearer)).toBe(403);
  expect(await pushing('ada/other', bearer)).toBe(403);
  for (const name of ['bob/app', 'bob/missing', 'nobody/app']) {
    expect(await fetching(name, bearer), name).toBe(404);
    expect(await pushing(name, bearer), name).toBe(404);
  }
});

test.each([
  ['repo:read', 200, 403],
  ['repo:write', 200, 200],
  ['repo:public_read', 404, 404],
] as const)('a token %s answers a fetch with %i and a push with %i', async (scope, read, write) => {
  const { basic } = await server.ada.makeToken(scope);

  expect(await fetching('ada/app', basic)).toBe(read);
  expect(await pushing('ada/app', basic)).toBe(write);
});

test('a revoked token loses its power within five seconds', async () => {
  const { id, basic } = await server.ada.makeToken('repo:write');
  expect(await pushing('ada/app', basic)).toBe(200);

  await server.ada.client.call(accountOperations.revokeToken, { params: { id } });
  clock.advance(4_999);

  expect(await pushing('ada/app', basic)).toBe(401);
});

test('a header that is no credential is refused with 401 or 400, never with a failure', async () => {
  for (const authorization of ['Bearer', 'Basic', 'Basic !!!', 'Digest x', 'Bearer a b']) {
    expect([400, 401], authorization).toContain(await fetching('ada/app', authorization));
  }
  expect(server.logger.failures.filter(({ level }) => level === 'error')).toEqual([]);
});
