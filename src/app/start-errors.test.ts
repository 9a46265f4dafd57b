import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { openDataFolder } from './data-folder.ts';
import { readOrMakeSecretKey } from './installation-secrets.ts';
import { listen } from './listen.ts';
import { openDatabase } from './open-database.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer } from './testing/test-server.ts';

const listenOn = (host: string, port: number) =>
  listen({ host, port, handler: async () => undefined, ids: systemIds, logger: silentLogger });

describe('a server that can’t listen', () => {
  test('names the port that is taken, and the setting that chooses another', async () => {
    await using first = await listenOn('127.0.0.1', 0);

    await expect(listenOn('127.0.0.1', first.port)).rejects.toMatchObject({
      code: 'ADDRESS_TAKEN',
      message: expect.stringMatching(new RegExp(`port ${first.port} .*--listen`)),
    });
  });

  test('names the address that is none of this machine', async () => {
    // Kept for documentation (RFC 5737), so that no machine has it.
    await expect(listenOn('192.0.2.1', 5_000)).rejects.toMatchObject({
      code: 'ADDRESS_UNUSABLE',
      message: expect.stringContaining('192.0.2.1'),
    });
  });
});

describe('a data folder that can’t be used', () => {
  test('because it is a file is told with its path', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, '');

    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'DATA_FOLDER_UNUSABLE',
      message: `data: ${path} can't be used: it is a file; choose another folder with --data DIR`,
    });
  });
});

const limits = { databaseConnections: 2, databaseStatementSeconds: 30 };

test('a database file that is none is told with its path', async () => {
  await using place = await temporaryFolder();
  const folder = await openDataFolder(place.path);
  await writeFile(folder.database, 'this is no database, but it is long enough to be read as one');

  await expect(openDatabase({ ...limits, databaseUrl: undefined }, folder)).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    message: expect.stringContaining(folder.database),
  });
});

test('a PostgreSQL that does not answer is told with its address, and without its password', async () => {
  await using place = await temporaryFolder();
  const folder = await openDataFolder(place.path);
  const databaseUrl = 'postgres://slipway:the-password@127.0.0.1:1/slipway';

  const opened = openDatabase({ ...limits, databaseUrl }, folder);

  const { code, message } = (await opened.catch((error: unknown) => error)) as Error & {
    code: string;
  };
  expect(code).toBe('DATABASE_UNUSABLE');
  expect(message).toContain('127.0.0.1:1/slipway');
  expect(message).not.toContain('the-password');
});

test.each(['', '{', '{}', '{"secretKey": "c2hvcnQ="}'])(
  'a file of secrets that holds %j is not replaced, and nothing of it is shown',
  async (text) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'secrets.json');
    await writeFile(path, text);

    await expect(readOrMakeSecretKey(path)).rejects.toMatchObject({
      code: 'SECRETS_UNUSABLE',
      message: expect.not.stringContaining('c2hvcnQ='),
    });
  },
);

test.each([
  ['a password that is too short', 'admin', 'x'],
  ['a name that can be none', 'A!', 'correct horse battery'],
])(
  'a first administrator with %s is told which variables to correct',
  async (_case, name, password) => {
    const environment = { SLIPWAY_ADMIN_USERNAME: name, SLIPWAY_ADMIN_PASSWORD: password };

    await expect(startTestServer({ environment })).rejects.toMatchObject({
      code: 'FIRST_ADMINISTRATOR_INVALID',
      message: expect.stringContaining('SLIPWAY_ADMIN_PASSWORD'),
    });
  },
);
