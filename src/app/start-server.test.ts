import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createSlipwayClient } from '#client';
import { accountOperations, buildConfigurationOperations, repositoryOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { startBuild } from './testing/started-build.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer } from './testing/test-server.ts';

test('a second start on the same folder keeps people, sessions, tokens and variables', async () => {
  await using folder = await temporaryFolder();
  const variables = [{ name: 'TOKEN', value: 'secret' }];
  const params = { namespace: 'ada', name: 'app' };
  const before = await startTestServer({ folder: folder.path });
  const { session } = before.ada;
  const { secret } = await before.ada.makeToken('repo:admin');
  await before.ada.client.call(repositoryOperations.create, { body: { name: 'ada/app' } });
  await before.ada.client.call(buildConfigurationOperations.save, { params, body: { variables } });
  await before[Symbol.asyncDispose]();

  await using after = await startTestServer({
    folder: folder.path,
    environment: { SLIPWAY_LISTEN: new URL(before.url).host },
  });
  const whoHas = (credential: string) =>
    createSlipwayClient({ serverUrl: after.url, credential }).call(accountOperations.whoAmI, {});
  const shown = await after.ada.client.call(buildConfigurationOperations.show, { params });

  expect(await whoHas(session)).toMatchObject({ username: 'ada' });
  expect(await whoHas(secret)).toMatchObject({ username: 'ada' });
  expect(shown.variables).toEqual(variables);
});

test('an attempt outlives a server that stops and starts, if its builder is back', async () => {
  await using folder = await temporaryFolder();
  const before = await startTestServer({ folder: folder.path });
  await makeBuildable(before, 'app');
  await startBuild(before, 'app');
  const builder = connectBuilder(before);
  const { assignment } = await builder.next('assignment');
  await before[Symbol.asyncDispose]();
  await builder.ended;

  await using after = await startTestServer({ folder: folder.path });
  await using back = connectBuilder(after, { running: [assignment.attemptId] });
  await back.next('welcome');

  await back.attempt(assignment).finish({ outcome: 'success' });
});

test('/readyz answers 503 with the reason while the server stops', async () => {
  const server = await startTestServer();
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(`GET /readyz HTTP/1.1\r\nHost: ${hostname}\r\n`);
  // Answered only after the server has read the line above.
  await fetch(`${server.url}/healthz`);

  const stopped = server[Symbol.asyncDispose]();
  socket.write('Connection: close\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [string];
  await stopped;

  expect(answer).toMatch(/^HTTP\/1.1 503 /);
  expect(answer).toContain('the server stops');
});
