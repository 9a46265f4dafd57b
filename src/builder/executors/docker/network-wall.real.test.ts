import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

const execute = promisify(execFile);
const refused = 'refused';

describe('the wall around a sandbox', () => {
  let host: Server;
  let under: SandboxUnderTest;
  beforeAll(async () => {
    host = createServer((_, response) => response.end('host\n'));
    await new Promise<void>((resolve) => host.listen(0, '0.0.0.0', resolve));
    under = await openSandboxUnderTest();
  });
  afterAll(async () => {
    await under[Symbol.asyncDispose]();
    host.close();
  });
  const port = () => (host.address() as AddressInfo).port;

  test('the host answers under none of its addresses', async () => {
    const addresses = hostAddresses();

    for (const address of addresses) expect(await knock(under, address, port())).toBe(refused);
    expect(addresses.length).toBeGreaterThan(1);
  });

  test('a neighbour answers neither from its container nor through its published ports', async () => {
    await using neighbour = await openSandboxUnderTest();
    const serving = neighbour.bash('python3 -m http.server 8000').catch(() => undefined);
    const address = await addressOf(neighbour);
    const itself = await neighbour.bash(
      'curl --silent --retry 9 --retry-connrefused --retry-delay 1 localhost:8000',
    );

    expect(itself.exitCode).toBe(0);
    expect(await knock(under, address, 8000)).toBe(refused);
    await neighbour[Symbol.asyncDispose]();
    await serving;
  });

  test.each([
    ['169.254.169.254', 80],
    ['100.100.100.200', 80],
    ['168.63.129.16', 80],
    ['10.0.0.1', 443],
    ['172.17.0.1', 22],
    ['192.168.1.1', 80],
  ])('%s is refused at once', async (address, number) => {
    expect(await knock(under, address, number)).toBe(refused);
  });

  test('names are resolved, and package mirrors are reached', async () => {
    const { exitCode } = await under.bash('getent hosts deb.debian.org && apt-get update -qq');

    expect(exitCode).toBe(0);
  });

  test('containers of the sandbox stand behind the same wall', async () => {
    const mounts = '-v /usr:/usr -v /lib:/lib -v /lib64:/lib64';
    const address = hostAddresses()[0] ?? '';
    await under.bash('tar --create --files-from /dev/null | docker import - empty');

    const { exitCode, stderr } = await under.bash(
      `docker run --rm ${mounts} empty /usr/bin/curl --silent --show-error --max-time 10 http://${address}:${port()}/`,
    );

    expect(stderr).toMatch(/refused|Could not connect/i);
    expect(exitCode).not.toBe(0);
  });

  test('the rules can’t be changed from inside', async () => {
    await under.bash('iptables -F OUTPUT; nft flush ruleset || true; iptables -P OUTPUT ACCEPT');

    expect(await knock(under, hostAddresses()[0] ?? '', port())).toBe(refused);
  });

  test('a block on the allow-list is reached although it is private', async () => {
    const address = hostAddresses()[0] ?? '';
    await using open = await openSandboxUnderTest({ network: { allow: [`${address}/32`] } });

    expect(await knock(open, address, port())).toBe('200');
  });
});

async function addressOf(under: SandboxUnderTest): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return (await execute('docker', ['inspect', '--format', format, under.container])).stdout.trim();
}

function hostAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter((each) => each.family === 'IPv4' && !each.internal).map((each) => each.address);
}

/** The status of an HTTP answer, or that there was none. */
async function knock(under: SandboxUnderTest, address: string, port: number): Promise<string> {
  const options = '--silent --output /dev/null --max-time 10 --write-out "%{http_code}"';
  const { stdout, exitCode } = await under.bash(`curl ${options} http://${address}:${port}/`);
  const couldNotConnect = 7;
  return exitCode === couldNotConnect ? refused : stdout;
}
