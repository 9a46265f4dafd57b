import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imagePrograms } from '../../sandbox-image/image-layout.ts';
import { wallRules } from '../../sandbox-image/network-wall.ts';
import { createDockerCli } from './docker-cli.ts';
import { ensureBuilderImage } from './image/builder-image.ts';

const execute = promisify(execFile);
const docker = async (...args: string[]) => (await execute('docker', args)).stdout.trim();

const id = `slipway-ipv6-${crypto.randomUUID().slice(0, 8)}`;
const [inside, neighbour] = [`${id}-inside`, `${id}-neighbour`];
const neighbourAddress = 'fd00:51:ab::3';
let image: string;

/**
 * The sandboxes' own networks speak IPv4 only; where an engine adds IPv6 to them, the wall stands
 * there too. Two containers of one network with both families show it.
 */
beforeAll(async () => {
  image = await ensureBuilderImage({
    docker: createDockerCli(),
    cacheFolder: '/nonexistent',
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  await docker('network', 'create', '--ipv6', '--subnet', 'fd00:51:ab::/64', id);
  const idle = ['--rm', '--detach', '--network', id, '--entrypoint', '/usr/bin/python3'];
  const serve = [image, '-m', 'http.server', '--bind', '::', '8000'];
  await docker('run', '--name', neighbour, '--ip6', neighbourAddress, ...idle, ...serve);
  await docker('run', '--name', inside, ...idle, image, '-c', 'import time; time.sleep(600)');
});
afterAll(async () => {
  await docker('rm', '--force', inside, neighbour);
  await docker('network', 'rm', id);
});

test('over IPv6 a neighbour answers until the wall stands, and is refused then', async () => {
  expect(await knock()).toBe('200');

  const rules = wallRules({ resolvers: [], allow: [], hostAddresses: [] });
  const helper = ['run', '--rm', '--user', '0:0', '--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN'];
  const program = ['--entrypoint', imagePrograms.raiseWall, image];
  const place = ['--network', `container:${inside}`];
  await docker(...helper, ...place, ...program, rules.ipv4, rules.ipv6);

  expect(await knock()).toBe('000');
});

async function knock(): Promise<string> {
  const options = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const retry = ['--retry', '5', '--retry-delay', '1', '--max-time', '10'];
  const url = `http://[${neighbourAddress}]:8000/`;
  const call = docker('exec', inside, 'curl', ...options, ...retry, url);
  return call.catch((error: { stdout: string }) => error.stdout);
}
