import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGatewaySocket } from './gateway-socket.ts';

let place: string;
let arrived: PromiseWithResolvers<Duplex>;
const gateway = {
  names: { publicHost: 'localhost:5000', publicScheme: 'http', aliases: [] },
  accept: (connection: Duplex) => arrived.resolve(connection),
} as const;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'slipway-socket-'));
  arrived = Promise.withResolvers();
});
afterEach(() => rm(place, { recursive: true, force: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('what connects to the socket is handed over', async () => {
  const folder = join(place, 'gateway');
  await using _ = await openGatewaySocket(folder, gateway);

  const client = connect(join(folder, 'gateway.sock'));
  const connection = await arrived.promise;
  client.end('a request');

  expect((await connection.toArray()).join('')).toBe('a request');
  connection.end('an answer');
  expect((await client.toArray()).join('')).toBe('an answer');
});

test('everybody who gets into the folder may connect, and do nothing else in it', async () => {
  const folder = join(place, 'gateway');
  await using _ = await openGatewaySocket(folder, gateway);

  expect(await modeOf(folder)).toBe('711');
  expect(await modeOf(join(folder, 'gateway.sock'))).toBe('666');
});

test('a folder may have a longer path than sockets may', async () => {
  const far = join(place, 'x'.repeat(100), 'y'.repeat(100));
  await mkdir(far, { recursive: true });

  await using _ = await openGatewaySocket(join(far, 'gateway'), gateway);

  expect(await readdir(join(far, 'gateway'))).toEqual(['gateway.sock']);
});

test('what somebody else put in its place is not taken, nor what it leads to', async () => {
  const elsewhere = join(place, 'elsewhere');
  await mkdir(elsewhere, { mode: 0o755 });
  await symlink(elsewhere, join(place, 'gateway'));

  const opening = openGatewaySocket(join(place, 'gateway'), gateway);

  await expect(opening).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readdir(elsewhere)).toEqual([]);
  expect(await modeOf(elsewhere)).toBe('755');
});

test('closed, it is gone', async () => {
  const folder = join(place, 'gateway');
  const socket = await openGatewaySocket(folder, gateway);

  await socket[Symbol.asyncDispose]();

  expect(await readdir(folder)).toEqual([]);
  const client = connect(join(folder, 'gateway.sock'));
  await expect(once(client, 'connect')).rejects.toMatchObject({ code: 'ENOENT' });
});
