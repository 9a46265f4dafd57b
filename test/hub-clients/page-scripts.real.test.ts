import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushImage, startTestServer, type TestServer, temporaryFolder } from '#app/testing';
import { hubRepositoryOperations } from '#protocol';
import { exportToCsv, migrateAllTags } from './page-scripts.ts';

const run = promisify(execFile);

let server: TestServer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await temporaryFolder();
  ({ secret: token } = await server.ada.makeToken('repo:read'));
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** The script with nothing but the host changed; gives what it said. */
async function runScript(script: string, environment: Readonly<Record<string, string>>) {
  const here = script.replaceAll('https://hub.docker.com', server.url);
  const env = { ...process.env, HOME: folder.path, ...environment };
  const { stdout } = await run('bash', ['-c', here], { cwd: folder.path, env });
  return stdout;
}

async function createRepository(name: string, isPrivate: boolean): Promise<void> {
  const { method, path } = hubRepositoryOperations.create;
  const answer = await fetch(`${server.url}/v2${path.replace('{namespace}', 'ada')}`, {
    method,
    headers: { authorization: server.ada.basic, 'content-type': 'application/json' },
    body: JSON.stringify({ name, is_private: isPrivate }),
  });
  expect(answer.status).toBe(201);
}

test('“Export organization repositories to CSV” exports all of them, private ones too', async () => {
  const names = Array.from({ length: 104 }, (_, index) => `r-${index}`);
  for (const [index, name] of names.entries()) await createRepository(name, index % 2 === 0);
  await pushImage(server, server.ada, 'ada/r-3:latest');

  await runScript(exportToCsv, { ORG: 'ada', OAT: token });

  const [header, ...rows] = (await readFile(join(folder.path, 'repos.csv'), 'utf8'))
    .trimEnd()
    .split('\n');
  expect(header).toBe('"namespace","name","is_private","last_updated","pull_count","star_count"');
  expect(rows[0]).toMatch(/^"ada","r-3",false,"\d{4}-\d\d-\d\dT[\d:]+\.\d{6}Z",0,0$/);
  const others = names.filter((name) => name !== 'r-3');
  expect(rows.slice(1).toSorted()).toEqual(
    others.map((name) => `"ada","${name}",${Number(name.slice(2)) % 2 === 0},,0,0`).toSorted(),
  );
});

describe('“Migrate all tags for a repository”', () => {
  const tags = Array.from({ length: 103 }, (_, index) => `t${index}`);

  /** Stands for crane, and notes what it was told to copy. */
  async function pathWithCrane(): Promise<string> {
    const crane = join(folder.path, 'crane');
    await writeFile(crane, '#!/bin/sh\necho "$@" >> copied\n');
    await chmod(crane, 0o755);
    await writeFile(join(folder.path, 'copied'), '');
    return `${folder.path}${delimiter}${process.env['PATH']}`;
  }
  const copied = async () =>
    (await readFile(join(folder.path, 'copied'), 'utf8')).trimEnd().split('\n').toSorted();
  const copies = (name: string) => tags.map((tag) => `cp ada/${name}:${tag} new/${name}:${tag}`);

  test('copies each tag of a public one once', async () => {
    for (const tag of tags) await pushImage(server, server.ada, `ada/open:${tag}`);
    const environment = { SRC_ORG: 'ada', DEST_ORG: 'new', REPO: 'open' };

    await runScript(migrateAllTags, { ...environment, PATH: await pathWithCrane() });

    expect(await copied()).toEqual(copies('open').toSorted());
  });

  test('copies a private one with name and token, and fails without', async () => {
    await createRepository('closed', true);
    for (const tag of tags.slice(0, 3)) await pushImage(server, server.ada, `ada/closed:${tag}`);
    const environment = { SRC_ORG: 'ada', DEST_ORG: 'new', REPO: 'closed' };
    const env = { ...environment, PATH: await pathWithCrane() };

    await expect(runScript(migrateAllTags, env)).rejects.toThrow('404');
    await runScript(migrateAllTags.replace('AUTH=""', `AUTH="-u ada:${token}"`), env);

    expect(await copied()).toEqual(copies('closed').slice(0, 3));
  });
});
