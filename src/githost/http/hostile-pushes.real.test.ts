import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseRepositoryName } from '#kernel';
import { TestClock } from '#kernel/testing';
import { openGitClient } from '../testing/git-client.ts';
import { startTestGitHost, type TestGitHost } from '../testing/test-git-host.ts';
import { packet } from './packets.ts';

const appName = parseRepositoryName('ada/app');
const none = '0'.repeat(40);
const headers = {
  authorization: `Basic ${btoa('ada:ada-password')}`,
  'content-type': 'application/x-git-receive-pack-request',
};

async function post(host: TestGitHost, body: Buffer, more = {}): Promise<string> {
  const response = await fetch(`${host.origin}/git/${appName}.git/git-receive-pack`, {
    method: 'POST',
    headers: { ...headers, ...more },
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
  return response.text();
}

const blob = 3;
const refDelta = 7;

/** One object of a pack: kind and size, then its content, compressed ("pack-format"). */
function entry(kind: number, size: number, content: Buffer, base = Buffer.alloc(0)): Buffer {
  const head = [(kind << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    head[head.length - 1] = (head.at(-1) ?? 0) | 0x80;
    head.push(rest % 128);
  }
  return Buffer.concat([Buffer.from(head), base, deflateSync(content)]);
}

function varint(size: number): Buffer {
  const bytes = [];
  let rest = size;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function pack(count: number, ...entries: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  const bytes = Buffer.concat([head, ...entries]);
  return Buffer.concat([bytes, createHash('sha1').update(bytes).digest()]);
}

function pushOf(ref: string, bytes: Buffer): Buffer {
  const command = packet(`${none} ${'a'.repeat(40)} ${ref}\0 report-status`);
  return Buffer.concat([command, Buffer.from('0000'), bytes]);
}

/** A small delta that says "the base, again" so often. */
function deltaBomb(times: number): Buffer {
  const base = Buffer.alloc(0xffffff);
  const id = createHash('sha1').update(`blob ${base.length}\0`).update(base).digest();
  const copyAll = Buffer.from([0xf0, 0xff, 0xff, 0xff]);
  const delta = Buffer.concat([
    varint(base.length),
    varint(base.length * times),
    ...Array.from({ length: times }, () => copyAll),
  ]);
  return pack(2, entry(blob, base.length, base), entry(refDelta, delta.length, delta, id));
}

describe('A18 hostile packs', () => {
  test('a delta of a few bytes that would become gigabytes is refused before it does', async () => {
    await using host = await startTestGitHost();
    const bomb = deltaBomb(400);
    expect(bomb.length).toBeLessThan(64 * 1024);

    const answer = await post(host, pushOf('refs/heads/bomb', bomb));

    expect(answer).toMatch(/unpack (?:unpack-objects|index-pack) abnormal exit/);
    expect(await host.repositories.readRefs(appName)).toMatchObject({ refs: [] });
  });

  test('a pack that says it has four thousand million objects is refused', async () => {
    await using host = await startTestGitHost();

    const answer = await post(host, pushOf('refs/heads/bomb', pack(0xffff_ffff)));

    expect(answer).toMatch(/unpack (?:unpack-objects|index-pack) abnormal exit/);
  });

  test('a pack that is larger than allowed is refused in words', async () => {
    await using host = await startTestGitHost({ limits: { pushBytes: 100_000 } });
    await using client = await openGitClient();
    await writeFile(join(client.folder, 'noise'), randomBytes(200_000));
    await client.run('add', 'noise');
    await client.commit('with noise');

    const push = client.run('push', host.urlOf(appName, 'ada'), 'main');

    await expect(push).rejects.toThrow('pack exceeds maximum allowed size');
  });

  test('a compressed push is measured by what it becomes', async () => {
    await using host = await startTestGitHost({ limits: { refs: 10 } });
    const line = packet(`${none} ${'a'.repeat(40)} refs/heads/x`);
    const lines = Array.from({ length: 100_000 }, () => line);
    const body = gzipSync(Buffer.concat(lines));

    const answer = await post(host, body, { 'content-encoding': 'gzip' });

    expect(answer).toContain('unpack this push names more than 10');
  });
});

test('a push of too many refs is told so by the client, and changes nothing', async () => {
  await using host = await startTestGitHost({ limits: { refs: 20 } });
  await using client = await openGitClient();
  await client.commit('one');
  const specs = Array.from({ length: 21 }, (_, index) => `HEAD:refs/heads/b${index}`);

  const push = client.run('push', host.urlOf(appName, 'ada'), ...specs);

  await expect(push).rejects.toThrow(
    'remote: this push names more than 20 branches, tags and other refs; push them in parts',
  );
  expect(await host.repositories.readRefs(appName)).toMatchObject({ refs: [] });
  expect(host.pushes).toEqual([]);
});

describe('A42 slots of git', () => {
  /** Begins a push and sends no more of it. */
  function stall({ origin }: TestGitHost): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const url = `${origin}/git/${appName}.git/git-receive-pack`;
    const request = httpRequest(url, { method: 'POST', headers });
    request.on('error', ({ message }) => resolve(message));
    request.on('response', (response) => response.resume().on('end', () => resolve('answered')));
    request.write('00');
    onTestFinished(() => void request.destroy());
    return promise;
  }

  test('clients that stall are given up; until then others of theirs are told to come again', async () => {
    const clock = new TestClock();
    await using host = await startTestGitHost({ clock, limits: { processes: 2 } });
    const url = `${host.origin}/git/${appName}.git/info/refs?service=git-receive-pack`;
    const ask = () => fetch(url, { headers: { authorization: headers.authorization } });
    const stalled = stall(host);
    await clock.awaited(10_000);

    const refused = ask();
    await clock.awaited(20_000);
    clock.advance(20_000);
    const { status, headers: said } = await refused;

    expect([status, said.get('retry-after')]).toEqual([503, '30']);
    for (let looks = 0; looks < 6; looks += 1) {
      await clock.awaited(10_000);
      clock.advance(10_000);
    }
    expect(await stalled).toMatch(/socket hang up|ECONNRESET/);
    expect((await ask()).status).toBe(200);
  });
});

describe('first pushes', () => {
  test('make the repository, and tell the pusher', async () => {
    await using host = await startTestGitHost();
    await using client = await openGitClient();
    const commit = await client.commit('one');
    const url = host.urlOf('ada/new', 'ada');

    await expect(client.run('ls-remote', url)).rejects.toThrow('no such repository');
    await client.run('push', '--dry-run', url, 'HEAD:dev');
    expect(await host.repositories.find(parseRepositoryName('ada/new'))).toBeUndefined();
    const { stderr } = await client.tell('push', url, 'HEAD:dev', 'HEAD:trunk');

    expect(stderr).toContain('remote: ada/new is made for dev');
    expect(host.pushes).toMatchObject([{ refs: [{ name: 'dev', commit }, { name: 'trunk' }] }]);
  });

  test('that are refused are told why, in the place of each ref', async () => {
    await using host = await startTestGitHost();
    await using client = await openGitClient();
    await client.commit('one');

    const push = client.run('push', host.urlOf('ada/no-such', 'ada'), 'main');

    await expect(push).rejects.toThrow(
      /remote: ada\/no-such can not be made[^]*\[remote rejected\] main/,
    );
    expect(host.pushes).toEqual([]);
  });

  test('of which two come at once make it once', async () => {
    await using host = await startTestGitHost();
    await using one = await openGitClient();
    await using two = await openGitClient();
    const url = host.urlOf('ada/new', 'ada');
    const push = async (client: typeof one, branch: string) => {
      await client.commit(branch);
      await client.run('push', '--quiet', url, `HEAD:${branch}`);
    };

    await Promise.all([push(one, 'one'), push(two, 'two')]);

    const { refs } = await host.repositories.readRefs(parseRepositoryName('ada/new'));
    expect(refs.map(({ name }) => name).toSorted()).toEqual(['one', 'two']);
  });
});
