import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { GatewayNames } from '../../executor.ts';
import {
  openSandboxUnderTest,
  type SandboxUnderTest,
} from '../testing/docker-sandbox-under-test.ts';

/** Says what it was asked, so that a test sees which request arrived. */
const echo: RequestListener = (request, response) => {
  response.end(`${request.method} ${request.headers.host} ${request.url}\n`);
};

const hubNames = ['registry-1.docker.io', 'index.docker.io', 'auth.docker.io'];

async function withNames(
  names: GatewayNames,
  check: (under: SandboxUnderTest) => Promise<void>,
): Promise<void> {
  await using under = await openSandboxUnderTest({ gateway: echo, names });
  await check(under);
}

async function ask(under: SandboxUnderTest, url: string): Promise<string> {
  const { stdout, stderr } = await under.bash(`curl --silent --show-error --max-time 20 ${url}`);
  return stdout || stderr;
}

describe('names that lead to the gateway', () => {
  test('a loopback name over plain HTTP, and Docker Hub’s names over TLS that is trusted', () =>
    withNames(
      { publicHost: 'localhost:5000', publicScheme: 'http', aliases: hubNames },
      async (under) => {
        expect(await ask(under, 'http://localhost:5000/v2/')).toBe('GET localhost:5000 /v2/\n');
        expect(await ask(under, 'http://127.0.0.1:5000/v2/')).toBe('GET 127.0.0.1:5000 /v2/\n');
        for (const name of hubNames) {
          expect(await ask(under, `https://${name}/v2/`)).toBe(`GET ${name} /v2/\n`);
        }
      },
    ));

  test('git, Python and the engine trust it as well', () =>
    withNames(
      { publicHost: 'hub.example.com', publicScheme: 'https', aliases: hubNames },
      async (under) => {
        const python =
          'import urllib.request as r; print(r.urlopen("https://hub.example.com/p").read())';
        const git = await under.bash('git ls-remote https://hub.example.com/git/a/b.git');
        const pulled = await under.bash('docker pull hub.example.com/a/b:c');

        expect((await under.bash(`python3 -c '${python}'`)).stdout).toContain(
          'GET hub.example.com /p',
        );
        expect(git.stderr).toMatch(/not valid|invalid server response/i);
        expect(pulled.stderr).not.toMatch(/x509|certificate|refused/);
      },
    ));

  test('a public name with a port, which a published port of a build can’t take', () =>
    withNames(
      { publicHost: 'hub.example.com:8443', publicScheme: 'https', aliases: hubNames },
      async (under) => {
        await under.bash('python3 -m http.server 8443 >/dev/null 2>&1 & sleep 1');

        const answer = await ask(under, 'https://hub.example.com:8443/v2/');

        expect(answer).toBe('GET hub.example.com:8443 /v2/\n');
      },
    ));

  test('a public address over plain HTTP, which the engine takes as insecure', () =>
    withNames(
      { publicHost: '203.0.113.7:5000', publicScheme: 'http', aliases: [] },
      async (under) => {
        expect(await ask(under, 'http://203.0.113.7:5000/v2/')).toBe('GET 203.0.113.7:5000 /v2/\n');
        const pulled = await under.bash('docker pull 203.0.113.7:5000/a/b:c');
        expect(pulled.stderr).not.toMatch(/HTTPS client|refused/);
      },
    ));

  test('the folder of the socket can’t be written to', () =>
    withNames(
      { publicHost: 'localhost:5000', publicScheme: 'http', aliases: [] },
      async (under) => {
        const socket = await under.bash('test -S /slipway/gateway/gateway.sock');
        const written = await under.bash('touch /slipway/gateway/x');

        expect(socket.exitCode).toBe(0);
        expect(written.exitCode).not.toBe(0);
      },
    ));
});
