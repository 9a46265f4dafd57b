import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { RecordingLogger } from '#platform/telemetry/testing';
import { startChildBuilder } from './child-builder.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const { PATH } = process.env;
const withBuilder = {
  SLIPWAY_BUILDER: 'true',
  SLIPWAY_BUILDER_EXECUTOR: 'fake',
  SLIPWAY_LOG_LEVEL: 'silent',
};

interface Readiness {
  readonly status: string;
  readonly components: { readonly builder?: { readonly status: string; readonly slots?: number } };
}

async function readiness(server: Pick<TestServer, 'url'>): Promise<Readiness> {
  return (await (await fetch(`${server.url}/readyz`)).json()) as Readiness;
}

const isReady = { components: { builder: { status: 'ok' } } };

describe('the server’s own builder', () => {
  test('A28 is a process whose environment holds nothing of the server’s secrets', async () => {
    const secret = 'a secret of the server';
    await using folder = await temporaryFolder();
    await using server = await startTestServer({
      environment: withBuilder,
      surroundings: {
        PATH,
        HOME: folder.path,
        SLIPWAY_SECRET_KEY: secret,
        SLIPWAY_DATABASE_URL: secret,
        SLIPWAY_ADMIN_PASSWORD: secret,
        CLOUD_CREDENTIAL: secret,
      },
    });
    await expect.poll(() => readiness(server)).toMatchObject(isReady);

    const pid = server.logger.notes.map(({ fields }) => fields['pid']).find(Number.isInteger);
    const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8');

    expect(environment).toContain(`HOME=${folder.path}\0`);
    expect(environment).toContain('SLIPWAY_BUILDER_EXECUTOR=fake\0');
    expect(environment).not.toContain(secret);
    expect(environment).not.toMatch(/SLIPWAY_(?!BUILDER_|LOG_LEVEL)|CLOUD_/);
  });

  test('works within the limits that the server was configured with', async () => {
    await using server = await startTestServer({
      environment: { ...withBuilder, SLIPWAY_BUILDER_SLOTS: '7' },
      surroundings: { PATH, SLIPWAY_BUILDER_SLOTS: '2' },
    });

    await expect
      .poll(() => readiness(server))
      .toMatchObject({ status: 'ok', components: { builder: { status: 'ok', slots: 7 } } });
  });

  test.each(['127.0.0.9', '[::1]', '0.0.0.0', '[::]', 'localhost'])(
    'finds a server that listens on %s',
    async (host) => {
      await using server = await startTestServer({
        host,
        environment: withBuilder,
        surroundings: { PATH },
      });

      await expect.poll(() => readiness(server)).toMatchObject(isReady);
    },
  );
});

describe('a builder that can not start', () => {
  test('ends, is started again, and the server says why and serves on', async () => {
    await using folder = await temporaryFolder();
    const surroundings = {
      PATH,
      HOME: folder.path,
      DOCKER_HOST: `unix://${folder.path}/docker.sock`,
    };
    await using server = await startTestServer({
      environment: { SLIPWAY_BUILDER: 'true' },
      surroundings,
    });

    const endings = () =>
      server.logger.failures.filter(({ message }) => message.startsWith('the builder ended'));
    await expect.poll(() => endings().length, { timeout: 30_000 }).toBeGreaterThan(1);
    const answer = await fetch(`${server.url}/readyz`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'degraded',
      components: { builder: { reason: expect.stringContaining('Docker Engine does not answer') } },
    });
    expect(endings()[0]).toMatchObject({
      fields: { end: 'exit code 1', reason: expect.stringContaining('Docker Engine') },
    });
  });

  test('for want of a credential says so', async () => {
    const logger = new RecordingLogger();
    await using builder = startChildBuilder({
      serverUrl: 'http://127.0.0.1:1',
      name: 'none',
      environment: { PATH: PATH ?? '' },
      clock: systemClock,
      logger,
    });

    await expect
      .poll(() => builder.health())
      .toMatchObject({
        status: 'degraded',
        reason: expect.stringContaining('SLIPWAY_BUILDER_TOKEN'),
      });
  });
});
