import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSlipwayClient } from '#client';
import {
  accountOperations,
  buildConfigurationOperations,
  buildOperations,
  repositoryOperations,
} from '#protocol';
import { type ServeProcess, startServeProcess } from './testing/serve-process.ts';
import { pushSource } from './testing/source-push.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { logIn, testPassword } from './testing/test-people.ts';

const builderToken = 'a-builder-token-for-tests';
const administrator = {
  SLIPWAY_ADMIN_USERNAME: 'admin',
  SLIPWAY_ADMIN_PASSWORD: testPassword,
  SLIPWAY_BUILDER_TOKEN: builderToken,
};

describe('a server that is told to stop', () => {
  test('ends with 0 at once, though a build is followed and a builder is connected', async () => {
    await using folder = await temporaryFolder();
    await using server = await startServeProcess({ data: folder.path, environment: administrator });
    await server.ready();
    await using builder = connectBuilder({ url: server.url, builderToken });
    const { buildId, client } = await startABuild(server);
    await builder.next('assignment');
    const follower = client.followBuild(buildId)[Symbol.asyncIterator]();
    await follower.next();

    const askedAt = performance.now();
    server.kill('SIGTERM');
    const { exitCode } = await server.ended;

    expect(exitCode).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    await follower.return?.();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 after %s when it is idle',
    async (signal) => {
      await using folder = await temporaryFolder();
      await using server = await startServeProcess({ data: folder.path });
      await server.ready();

      server.kill(signal);

      expect(await server.ended).toMatchObject({ exitCode: 0 });
    },
  );
});

async function startABuild(server: ServeProcess) {
  const person = await logIn(server.url, 'admin');
  const { client } = person;
  const params = { namespace: 'admin', name: 'app' };
  await client.call(repositoryOperations.create, { body: { name: 'admin/app' } });
  const rules = [{ source: 'main', dockerTags: 'latest', autobuild: false }];
  await client.call(buildConfigurationOperations.save, { params, body: { rules } });
  await pushSource(server, person, { name: 'admin/app', refs: ['refs/heads/main'] });
  const { builds } = await client.call(buildOperations.start, { params, body: {} });
  return { client, buildId: builds[0] ?? 0 };
}

describe('a server that can’t start', () => {
  test('names every wrong setting at once and ends with 2', async () => {
    await using folder = await temporaryFolder();
    await using server = await startServeProcess({
      data: folder.path,
      environment: {
        SLIPWAY_LISTEN: 'everywhere',
        SLIPWAY_BUILD_MINUTES: 'long',
        SLIPWAY_LOG_LEVL: 'debug',
      },
    });

    const { exitCode, said } = await server.ended;

    expect(exitCode).toBe(2);
    expect(said).toContain('SLIPWAY_LISTEN');
    expect(said).toContain('SLIPWAY_BUILD_MINUTES');
    expect(said).toContain('did you mean SLIPWAY_LOG_LEVEL?');
  });

  test('because its port is taken says which, and what to do', async () => {
    await using folder = await temporaryFolder();
    await using first = await startServeProcess({ data: join(folder.path, 'one') });
    await first.ready();
    const { port } = new URL(first.url);

    await using second = await startServeProcess({
      data: join(folder.path, 'two'),
      environment: { SLIPWAY_LISTEN: `127.0.0.1:${port}` },
    });
    const { exitCode, said } = await second.ended;

    expect(exitCode).toBe(1);
    expect(said).toContain(`port ${port} of 127.0.0.1 is taken`);
    expect(said).toContain('--listen');
    expect(said).not.toContain('    at ');
  });

  test('because its data folder can’t be written says so, and what to do', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    const data = join(folder.path, 'file', 'data');

    await using server = await startServeProcess({ data });
    const { exitCode, said } = await server.ended;

    expect(exitCode).toBe(1);
    expect(said).toContain(`${data} can't be used: a part of the path is a file`);
    expect(said).toContain('--data');
  });
});

test('the first administrator’s variables are ignored once there is one', async () => {
  await using folder = await temporaryFolder();
  const start = (environment: Record<string, string>) =>
    startServeProcess({ data: folder.path, environment });
  {
    await using first = await start(administrator);
    await first.ready();
    first.kill('SIGTERM');
    await first.ended;
  }

  await using second = await start({
    SLIPWAY_ADMIN_USERNAME: 'intruder',
    SLIPWAY_ADMIN_PASSWORD: 'another password',
  });
  await second.ready();
  const anonymous = createSlipwayClient({ serverUrl: second.url });
  const body = { username: 'intruder', password: 'another password' };

  await expect(anonymous.call(accountOperations.login, { body })).rejects.toMatchObject({
    code: 'INVALID_CREDENTIALS',
  });
  expect((await logIn(second.url, 'admin')).name).toBe('admin');
});
