import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { silentLogger } from '#platform/telemetry';
import { type GatewayPort, openGatewayPort } from '../executors/fake/gateway-port.ts';
import { sampleAssignment } from '../testing/sample-assignment.ts';
import { type Gateway, openGateway } from './open-gateway.ts';
import { createUpstreamRegistry } from './upstream-registry.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that keeps what it is asked and answers what the test says. */
async function listen(
  answer: RequestListener,
): Promise<{ server: Server; url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization, body });
    answer(request, response as Parameters<RequestListener>[1]);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const closed = 'http://127.0.0.1:1';
const ours = 'hub.example.com:5000';
const hub = 'registry-1.docker.io';

let gateway: Gateway | undefined;
let door: GatewayPort | undefined;
const servers: Server[] = [];
const notices: string[] = [];

beforeEach(() => {
  notices.length = 0;
});

afterEach(async () => {
  gateway?.[Symbol.dispose]();
  await door?.[Symbol.asyncDispose]();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function play(parts: { slipway?: RequestListener; upstream?: RequestListener }) {
  const notFound: RequestListener = (_, response) => response.writeHead(404).end();
  const slipway = await listen(parts.slipway ?? notFound);
  servers.push(slipway.server);
  const upstream = parts.upstream === undefined ? undefined : await listen(parts.upstream);
  if (upstream !== undefined) servers.push(upstream.server);
  const origin = new URL(upstream?.url ?? closed);
  gateway = openGateway({
    assignment: sampleAssignment(),
    serverUrl: slipway.url,
    upstream: createUpstreamRegistry(systemClock, {
      'registry-1.docker.io': origin,
      'auth.docker.io': origin,
    }),
    notice: (text) => notices.push(text),
    logger: silentLogger,
  });
  door = await openGatewayPort(gateway);
  return { slipway: slipway.seen, upstream: upstream?.seen ?? [] };
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Readable;
}

async function ask(
  host: string,
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<Answer> {
  const port = door?.port;
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { host, ...headers },
  });
  if (body instanceof Readable) body.pipe(request);
  else request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await answer.toArray()).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: text };
}

describe('the connection is the credential', () => {
  test('requests get the attempt’s token, and whatever the client thought it was is dropped', async () => {
    const { slipway } = await play({ slipway: (_, response) => response.end('manifest') });

    const answer = await ask(ours, '/v2/myorg/app/manifests/latest', {
      headers: { authorization: 'Basic c3RvbGVuOnRva2Vu' },
    });

    expect(answer).toMatchObject({ status: 200, body: 'manifest' });
    expect(slipway).toEqual([
      {
        method: 'GET',
        url: '/v2/myorg/app/manifests/latest',
        authorization: 'Bearer attempt-token-7-1',
        body: '',
      },
    ]);
  });

  test('Docker Hub’s name leads to the own namespace', async () => {
    const { slipway } = await play({ slipway: (_, response) => response.writeHead(201).end() });

    await ask(hub, '/v2/myorg/app/manifests/latest', { method: 'PUT', body: '{}' });

    expect(slipway[0]).toMatchObject({ method: 'PUT', body: '{}' });
    expect(slipway[0]?.authorization).toBe('Bearer attempt-token-7-1');
  });

  test('whoever logs in is let in, without asking the server', async () => {
    const { slipway } = await play({});

    expect(await ask(hub, '/v2/')).toMatchObject({ status: 200 });
    expect(await ask(ours, '/v2/')).toMatchObject({ status: 200 });
    expect(JSON.parse((await ask(ours, '/token?scope=x')).body)).toHaveProperty('token');
    expect(slipway).toEqual([]);
  });

  test('other paths never reach the server', async () => {
    const { slipway } = await play({});

    const answer = await ask(ours, '/api/v1/repositories');

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ code: 'NAME_UNKNOWN' }] });
    expect(slipway).toEqual([]);
  });

  test('after the attempt nobody answers, on connections from before it neither', async () => {
    const { slipway } = await play({});
    const early = connect(door?.port ?? 0, '127.0.0.1');
    await once(early, 'connect');

    gateway?.[Symbol.dispose]();
    const late = connect(door?.port ?? 0, '127.0.0.1');

    expect(await early.toArray()).toEqual([]);
    expect(await late.toArray()).toEqual([]);
    expect(slipway).toEqual([]);
  });
});

describe('bodies and answers', () => {
  test('large bodies stream through both ways', async () => {
    const size = 20_000_000;
    const { slipway } = await play({
      slipway: (_, response) => {
        Readable.from(pieces(size)).pipe(response);
      },
    });

    const answer = await ask(ours, '/v2/myorg/app/blobs/uploads/1', {
      method: 'PATCH',
      body: Readable.from(pieces(size)),
    });

    expect(answer.body.length).toBe(size);
    expect(slipway[0]?.body.length).toBe(size);
  });

  test('the store’s redirects are followed here, and its address gets no credential', async () => {
    const store = await listen((_, response) => response.end('bytes'));
    servers.push(store.server);
    await play({
      slipway: (_, response) =>
        response.writeHead(307, { location: `${store.url}/key?signature=s` }).end(),
    });

    const answer = await ask(ours, '/v2/myorg/app/blobs/sha256:0', {
      headers: { range: 'bytes=0-4' },
    });

    expect(answer).toMatchObject({ status: 200, body: 'bytes' });
    expect(store.seen).toMatchObject([{ url: '/key?signature=s', authorization: undefined }]);
  });

  test('an address of the server becomes a path, which works under every name', async () => {
    await play({
      slipway: (_, response) =>
        response
          .writeHead(202, { location: `http://${ours}/v2/myorg/app/blobs/uploads/1?s=2` })
          .end(),
    });

    const answer = await ask(hub, '/v2/myorg/app/blobs/uploads/', { method: 'POST' });

    expect(answer.headers.location).toBe('/v2/myorg/app/blobs/uploads/1?s=2');
  });

  test('a server that can’t be reached is 502 with its reason', async () => {
    await play({ slipway: (request) => request.socket.destroy() });

    const answer = await ask(ours, '/v2/myorg/app/manifests/latest');

    expect(answer).toMatchObject({ status: 502 });
    expect(answer.body).toContain('Slipway can’t be reached'.replace('’', "'"));
  });
});

describe('what is not ours comes from Docker Hub', () => {
  test('library images come from Slipway where it has them', async () => {
    const { upstream } = await play({
      slipway: (_, response) => response.end('ours'),
      upstream: (_, response) => response.end('theirs'),
    });

    expect(await ask(hub, '/v2/library/debian/manifests/bookworm')).toMatchObject({ body: 'ours' });
    expect(upstream).toEqual([]);
  });

  test('library images that Slipway doesn’t have come from Docker Hub, without our credential', async () => {
    const { upstream } = await play({ upstream: (_, response) => response.end('theirs') });

    expect(await ask(hub, '/v2/library/debian/manifests/x')).toMatchObject({ body: 'theirs' });
    expect(upstream[0]?.authorization).toBeUndefined();
  });

  test('a client’s own credential goes to Docker Hub with its request', async () => {
    const { slipway, upstream } = await play({ upstream: (_, response) => response.end('theirs') });

    await ask(hub, '/v2/other/app/manifests/x', { headers: { authorization: 'Bearer own' } });

    expect(upstream[0]?.authorization).toBe('Bearer own');
    expect(slipway).toEqual([]);
  });

  test('who has no credential gets an anonymous token, since nothing asked for a log-in before', async () => {
    const { upstream } = await play({
      upstream: (request, response) => {
        if (request.url?.startsWith('/token')) return response.end('{"token":"anonymous"}');
        if (request.headers.authorization === 'Bearer anonymous') return response.end('theirs');
        const realm = `http://${request.headers.host}/token`;
        const challenge = `Bearer realm="${realm}",service="registry.docker.io",scope="repository:other/app:pull"`;
        return response.writeHead(401, { 'www-authenticate': challenge }).end();
      },
    });

    expect(await ask(hub, '/v2/other/app/manifests/x')).toMatchObject({ body: 'theirs' });
    await ask(hub, '/v2/other/app/manifests/y');

    const tokens = upstream.filter(({ url }) => url.startsWith('/token'));
    expect(tokens).toMatchObject([
      { url: '/token?service=registry.docker.io&scope=repository%3Aother%2Fapp%3Apull' },
    ]);
  });

  test('without a way there, the answer and the log name the remedy', async () => {
    await play({});

    const answer = await ask(hub, '/v2/library/debian/manifests/bookworm');

    expect(answer.status).toBe(404);
    expect(answer.body).toContain('push it to hub.example.com:5000/library/debian');
    expect(notices).toHaveLength(1);
  });

  test('without a way there, other images are 502, told once', async () => {
    await play({});

    expect(await ask(hub, '/v2/other/app/manifests/x')).toMatchObject({ status: 502 });
    expect(await ask(hub, '/v2/other/app/manifests/x')).toMatchObject({ status: 502 });

    expect(notices).toHaveLength(1);
  });
});

function* pieces(size: number): Generator<Buffer> {
  const piece = Buffer.alloc(100_000, 'x');
  for (let sent = 0; sent < size; sent += piece.length) yield piece;
}
