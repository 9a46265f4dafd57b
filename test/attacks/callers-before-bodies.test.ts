import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { builderOperations } from '#protocol';

/*
 * For every operation of every edge: who sends is known before a byte of the body is read. The client
 * here says that a body comes, and never sends it; whoever waits for it does not answer.
 */

interface Entry {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
}
interface Asked {
  readonly what: string;
  readonly line: string;
  readonly isOpen: boolean;
  readonly takesBody: boolean;
}

let server: TestServer;
let asked: readonly Asked[];

beforeAll(async () => {
  server = await startTestServer();
  asked = [...(await apiOperations()), ...builderProtocol(), ...registryAndGit];
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function apiOperations(): Promise<readonly Asked[]> {
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security = [], requestBody }]) => ({
      what: operationId,
      line: `${method.toUpperCase()} ${filled(path)}`,
      isOpen: security.some((way) => Object.keys(way).length === 0),
      takesBody: requestBody !== undefined,
    })),
  );
}

function builderProtocol(): readonly Asked[] {
  return Object.values(builderOperations).map(({ id, method, path }) => ({
    what: id,
    line: `${method} /api/builder/v1${filled(path)}`,
    isOpen: false,
    takesBody: true,
  }));
}

function filled(path: string): string {
  return path.replace('{namespace}', 'bob').replace(/\{\w+\}/g, '1');
}

const digest = `sha256:${'0'.repeat(64)}`;
const upload = '/v2/bob/x/blobs/uploads/7c6b1d5e-0000-4000-8000-000000000000';
const registryAndGit: readonly Asked[] = [
  'PUT /v2/bob/x/manifests/latest',
  `DELETE /v2/bob/x/manifests/${digest}`,
  `DELETE /v2/bob/x/blobs/${digest}`,
  'POST /v2/bob/x/blobs/uploads/',
  `POST /v2/bob/x/blobs/uploads/?digest=${digest}`,
  `PATCH ${upload}`,
  `PUT ${upload}?digest=${digest}`,
  `DELETE ${upload}`,
  'POST /git/bob/x.git/git-receive-pack',
  'POST /git/bob/x.git/git-upload-pack',
].map((line) => ({ what: line, line, isOpen: false, takesBody: true }));

/** Says that so many bytes follow, sends none of them, and gives the status that comes. */
async function announce(line: string, bytes: number): Promise<number> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
  const head = [`${line} HTTP/1.1`, 'Host: x', 'Content-Type: application/json'];
  socket.write(`${[...head, `Content-Length: ${bytes}`].join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(20_000) })) as [
    string,
  ];
  socket.destroy();
  return Number(answer.split(' ', 2)[1]);
}

describe('A39 A42 who sends is known before the body is read', () => {
  test('nobody is told so at once by every operation that somebody must ask for', async () => {
    const closed = asked.filter(({ isOpen }) => !isOpen);

    for (const { what, line } of closed) expect(await announce(line, 1_000), what).toBe(401);
    expect(closed.length).toBeGreaterThan(30);
  });

  test('what is open to nobody takes little', async () => {
    const open = asked.filter(({ isOpen, takesBody }) => isOpen && takesBody);

    for (const { what, line } of open) expect(await announce(line, 1_100_000), what).toBe(413);
    expect(open.map(({ what }) => what)).toContain('login');
    expect(await announce('POST /token', 1_100_000)).toBe(413);
  });
});
