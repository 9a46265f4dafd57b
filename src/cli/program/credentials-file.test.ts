import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { credentialsPath, openCredentialsFile } from './credentials-file.ts';

async function makeFile() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-credentials-'));
  const file = openCredentialsFile(credentialsPath({ XDG_CONFIG_HOME: folder }));
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const here = 'http://localhost:5000';
const there = 'https://hub.example.com';

test('nobody but its owner can read the file or its folder', async () => {
  await using made = await makeFile();

  await made.file.save(here, { username: 'alice', token: 'secret' });

  expect((await stat(made.file.path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(made.file.path))).mode & 0o777).toBe(0o700);
});

test('log-ins are kept by server, and the newest is the current one', async () => {
  await using made = await makeFile();

  await made.file.save(here, { username: 'alice', token: 'a' });
  await made.file.save(there, { username: 'bob', token: 'b' });

  expect(await made.file.find(here)).toEqual({ username: 'alice', token: 'a' });
  expect(await made.file.currentServer()).toBe(there);
});

test('after a log-out another server is the current one', async () => {
  await using made = await makeFile();
  await made.file.save(here, { username: 'alice', token: 'a' });
  await made.file.save(there, { username: 'bob', token: 'b' });

  const removed = await made.file.remove(there);

  expect(removed).toBe(true);
  expect(await made.file.find(there)).toBeUndefined();
  expect(await made.file.currentServer()).toBe(here);
});

test('without a file nobody is logged in', async () => {
  await using made = await makeFile();

  expect(await made.file.currentServer()).toBeUndefined();
  expect(await made.file.remove(here)).toBe(false);
});

test('a file that others may read is refused with the command that closes it', async () => {
  await using made = await makeFile();
  await made.file.save(here, { username: 'alice', token: 'a' });
  await chmod(made.file.path, 0o644);

  await expect(made.file.find(here)).rejects.toThrow(`chmod 600 ${made.file.path}`);
});

test('a damaged file is named, and a log-in does not overwrite it', async () => {
  await using made = await makeFile();
  await made.file.save(here, { username: 'alice', token: 'a' });
  await writeFile(made.file.path, '{"servers":');

  await expect(made.file.save(there, { username: 'bob', token: 'b' })).rejects.toThrow(
    'is damaged',
  );

  expect(await readFile(made.file.path, 'utf8')).toBe('{"servers":');
});

test('saving leaves no draft behind', async () => {
  await using made = await makeFile();

  await made.file.save(here, { username: 'alice', token: 'a' });
  await made.file.save(here, { username: 'alice', token: 'b' });

  expect(await readdir(dirname(made.file.path))).toEqual(['credentials.json']);
});
