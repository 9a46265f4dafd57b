import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'], HOME: '/nowhere', ...environment };
  return spawn(process.execPath, [program, ...words], { env });
}

test('the program runs as it lies there, without a build', async () => {
  const child = start(['build', 'lits']);

  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);

  expect(said).toContain('slipway build has no lits; did you mean list?');
  expect(exitCode).toBe(2);
});

test('a pipe that is closed early is no error', async () => {
  const child = start(['--help']);
  child.stdout.destroy();

  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);

  expect({ said, exitCode }).toEqual({ said: '', exitCode: 0 });
});

test('Ctrl-C ends a command that waits for the server, with 130', async () => {
  const server = createServer();
  const asked = once(server, 'request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = start(['whoami'], { SLIPWAY_SERVER: address, SLIPWAY_TOKEN: 'slip_pat_x' });
  await asked;

  child.kill('SIGINT');
  const [exitCode] = (await once(child, 'close')) as [number];

  server.close();
  expect(exitCode).toBe(130);
});
