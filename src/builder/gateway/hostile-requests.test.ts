import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '#kernel';
import { silentLogger } from '#platform/telemetry';
import { type GatewayPort, openGatewayPort } from '../executors/fake/gateway-port.ts';
import { sampleAssignment } from '../testing/sample-assignment.ts';
import { type Gateway, openGateway } from './open-gateway.ts';
import { createUpstreamRegistry } from './upstream-registry.ts';

const assignment = sampleAssignment();
const closed = new URL('http://127.0.0.1:1');
const host = new URL(assignment.publicUrl).host;

let gateway: Gateway;
let door: GatewayPort;
let slipway: Server;
const seen: string[] = [];
const notices: string[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  seen.length = 0;
  notices.length = 0;
  await play((_, response) => response.end('slipway'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stop();
});

async function stop(): Promise<void> {
  gateway[Symbol.dispose]();
  await door[Symbol.asyncDispose]();
  slipway.close();
  slipway.closeAllConnections();
}

async function play(answer: RequestListener): Promise<void> {
  slipway = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    void request.toArray().then(() => answer(request, response));
  });
  slipway.listen(0, '127.0.0.1');
  await once(slipway, 'listening');
  const { port } = slipway.address() as AddressInfo;
  gateway = openGateway({
    assignment,
    serverUrl: `http://127.0.0.1:${port}`,
    upstream: createUpstreamRegistry(systemClock, {
      'registry-1.docker.io': closed,
      'auth.docker.io': closed,
    }),
    notice: (text) => notices.push(text),
    logger: silentLogger,
  });
  door = await openGatewayPort(gateway);
}

async function replay(answer: RequestListener): Promise<void> {
  await stop();
  await play(answer);
}

function dial(): Socket {
  const socket = connect(door.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** What comes back on one connection until the gateway closes it. */
async function converse(...lines: readonly string[]): Promise<string> {
  const socket = dial();
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  socket.write(lines.join('\r\n'));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return text;
}

/** A connection on which a request was answered, and which may go on. */
async function firstAnswer(): Promise<Socket> {
  const socket = dial();
  socket.write(`GET /v2/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

const end = ['Connection: close', '', ''];

describe('a client that does not keep to the rules', () => {
  test.each([
    ['GET', ['Transfer-Encoding: chunked', '', '5', 'hello', '0', '', '']],
    ['DELETE', ['Transfer-Encoding: chunked', '', '5', 'hello', '0', '', '']],
    ['GET', ['Content-Length: 5', '', 'hello']],
  ])('can’t hide a further request in the body of a %s', async (method, rest) => {
    const text = await converse(
      `${method} /v2/myorg/app/blobs/x HTTP/1.1`,
      `Host: ${host}`,
      ...rest,
    );

    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  test('a body of unknown length arrives as one body', async () => {
    const text = await converse(
      'POST /v2/myorg/app/blobs/uploads/ HTTP/1.1',
      `Host: ${host}`,
      'Transfer-Encoding: chunked',
      'Connection: close',
      '',
      '1c',
      'GET /api/v1/users HTTP/1.1\r\n',
      '0',
      '',
      '',
    );

    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toEqual(['POST /v2/myorg/app/blobs/uploads/']);
  });

  test.each([
    ['both lengths', ['Content-Length: 5', 'Transfer-Encoding: chunked', '', '0', '', '']],
    ['two lengths', ['Content-Length: 3', 'Content-Length: 4', '', 'abcd']],
    ['an unknown coding', ['Transfer-Encoding: xchunked', '', '0', '', '']],
    ['a header of 200 kB', [`X-Long: ${'a'.repeat(200_000)}`, ...end]],
  ])('%s reach nobody', async (_, rest) => {
    await converse('POST /v2/myorg/app/blobs/uploads/ HTTP/1.1', `Host: ${host}`, ...rest);

    expect(seen).toEqual([]);
  });

  test.each([
    ['GET http://127.0.0.1/v2/myorg/app/tags/list'],
    ['GET http://hub.example.com:5000/api/v1/users'],
    ['GET //v2/myorg/app/tags/list'],
    ['GET /v2/myorg/%2e%2e/tags/list'],
    ['GET /v2/myorg\\..\\app/tags/list'],
    ['GET /v2/myorg/../../api/v1/tags/list'],
    ['GET /v2/users/login/tags/list'],
    ['GET /git/myorg/source.git/info/refs?service=git-receive-pack'],
    ['GET /git/grace/other.git/info/refs?service=git-upload-pack'],
    ['POST /git/myorg/source.git/git-receive-pack'],
    ['CONNECT 127.0.0.1:22'],
    ['TRACE /v2/myorg/app/tags/list'],
    ['OPTIONS /v2/myorg/app/tags/list'],
  ])('%s reaches nobody', async (line) => {
    const text = await converse(`${line} HTTP/1.1`, `Host: ${host}`, ...end);

    expect(text).not.toMatch(/^HTTP\/1\.1 2/);
    expect(text).not.toContain(assignment.token);
    expect(seen).toEqual([]);
  });

  test.each([
    ['127.0.0.1'],
    ['hub.example.com'],
    ['hub.example.com:5000@127.0.0.1'],
    ['hub.example.com:5000.'],
  ])('the name %s leads nowhere', async (name) => {
    const text = await converse('GET /v2/myorg/app/tags/list HTTP/1.1', `Host: ${name}`, ...end);

    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(seen).toEqual([]);
  });

  test('an upgrade is an ordinary request', async () => {
    const text = await converse(
      'GET /v2/myorg/app/tags/list HTTP/1.1',
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: upgrade, close',
      '',
      '',
    );

    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toEqual(['GET /v2/myorg/app/tags/list']);
  });

  test('who a client says that it came from is not passed on', async () => {
    const headers: unknown[] = [];
    await replay((request, response) => {
      headers.push(request.headers);
      response.end();
    });

    await converse(
      'GET /v2/myorg/app/tags/list HTTP/1.1',
      `Host: ${host}`,
      'X-Forwarded-For: 192.0.2.1',
      'Forwarded: for=192.0.2.1',
      'Cookie: session=1',
      ...end,
    );

    expect(headers).toHaveLength(1);
    expect(JSON.stringify(headers)).not.toMatch(/forwarded|cookie/i);
  });
});

describe('a client that floods', () => {
  test('has so many requests open, however it asks for more', async () => {
    let open = 0;
    await replay(() => {
      open += 1;
    });
    const request = `GET /v2/myorg/app/tags/list HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

    dial().write(request.repeat(2_000));
    await vi.waitFor(() => expect(open).toBeGreaterThanOrEqual(512), { timeout: 10_000 });
    const text = await converse(request.repeat(2));

    expect(open).toBe(512);
    expect(text).toContain('503 ');
  });

  test('has so many connections open, and another when one of them ends', async () => {
    await converse('GET /v2/ HTTP/1.1', `Host: ${host}`, ...end);
    for (let index = 0; index < 512; index += 1) dial();
    const ping = ['GET /v2/ HTTP/1.1', `Host: ${host}`, ...end];
    const answered = async () => (await converse(...ping)).startsWith('HTTP/1.1 200 ');

    expect(await answered()).toBe(false);
    sockets[0]?.destroy();
    sockets[1]?.destroy();

    await vi.waitFor(async () => expect(await answered()).toBe(true));
  });

  test('without asking for anything is hung up on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const silent = dial();
    silent.write('GET /v2/ HT');
    const talking = await firstAnswer();

    vi.advanceTimersByTime(60_000);

    expect(await silent.toArray()).toEqual([]);
    expect(talking.destroyed).toBe(false);
  });

  test('is told a few times what is not there, and then no more', async () => {
    await replay((_, response) => response.writeHead(404).end());

    for (let index = 0; index < 60; index += 1) {
      await converse(
        `GET /v2/library/image-${index}/manifests/1 HTTP/1.1`,
        'Host: registry-1.docker.io',
        ...end,
      );
    }

    expect(notices).toHaveLength(50);
  });
});
