import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { type HttpHandler, type HttpServerOptions, startHttpServer } from './http-server.ts';
import { readBody } from './read-body.ts';
import { remoteAddressOf } from './request-facts.ts';
import { sendBluntly } from './testing/index.ts';

const aLongTime = 60_000;

function start(handler: HttpHandler, options: Partial<HttpServerOptions> = {}) {
  const address = { host: '127.0.0.1', port: 0 };
  return startHttpServer({ ...address, handler, ids: systemIds, logger: silentLogger, ...options });
}

/** Says all of this to a server, and gives what it said when it hung up. */
async function say(port: number, words: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => undefined);
  socket.write(words);
  await closeOf(socket);
  return answer;
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const answerOk: HttpHandler = async (_, response) => void response.end('ok');
const last = 'Connection: close\r\n\r\n';

test('draining does not wait for a connection on which nothing was asked', async () => {
  await using server = await start(answerOk);
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');

  await server.drain(aLongTime);
  socket.destroy();
});

test('draining lets an answer under way end, and then the connection that its client keeps', async () => {
  const [asked, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = await start(async (_, response) => {
    asked.resolve();
    await mayAnswer.promise;
    response.end('whole');
  });
  const answer = fetch(`http://127.0.0.1:${server.port}/`);
  await asked.promise;

  const drained = server.drain(aLongTime);
  mayAnswer.resolve();

  expect(await (await answer).text()).toBe('whole');
  await drained;
});

describe('A11 a body that nobody read', () => {
  const head = ['POST / HTTP/1.1', 'Host: localhost'];
  const refuse: HttpHandler = async (_, response) => {
    response.writeHead(401, { 'content-type': 'text/plain' });
    response.end('who are you');
  };
  const refuseWhileRead: HttpHandler = async (request, response) => {
    await readBody(request, 1_000_000).catch(() => undefined);
    await refuse(request, response);
  };
  const ways = [refuse, refuseWhileRead].flatMap((handler) =>
    (['length', 'chunked'] as const).flatMap((framing) =>
      [true, false].map((keepsAlive) => ({ handler, framing, keepsAlive })),
    ),
  );

  test.each(ways)(
    'is taken, so that a client that sends all before it reads sees why ($handler.name, $framing, keeps alive: $keepsAlive)',
    async ({ handler, ...way }) => {
      await using server = await start(handler);

      const answer = await sendBluntly({
        ...way,
        port: server.port,
        head,
        body: 'x'.repeat(12_000_000),
      });

      expect(answer).toMatch(/^HTTP\/1.1 401 /);
      expect(answer).toMatch(/who are you/);
    },
  );

  test.each([
    ['is too much', { bytes: 100_000, milliseconds: aLongTime }],
    ['takes too long', { bytes: 1_000_000_000, milliseconds: 50 }],
  ])('is cut off where it %s, after the answer', async (_, discardLimits) => {
    await using server = await start(refuse, { discardLimits });
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => undefined);

    socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    const sending = setInterval(() => socket.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`), 1);
    await closeOf(socket);
    clearInterval(sending);

    expect(answer).toMatch(/who are you/);
  });

  test('keeps nothing from the next request on the connection', async () => {
    await using server = await start(refuse);
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void socket.destroy());
    const body = 'x'.repeat(500_000);
    const request = `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    let answers = '';
    socket.on('data', (text: string) => {
      answers += text;
    });

    socket.write(request);
    socket.write(request);

    await expect.poll(() => answers.match(/who are you/g)?.length).toBe(2);

    socket.write(`${head.join('\r\n')}\r\n${last}`);
    await closeOf(socket);
    expect(answers.match(/who are you/g)).toHaveLength(3);
  });

  test('leaves no listener behind, however many there were on the connection', async () => {
    const counts = new Set<number>();
    await using server = await start(async (request, response) => {
      counts.add(request.socket.listenerCount('close'));
      await refuse(request, response);
    });
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void socket.destroy());
    const body = 'x'.repeat(200_000);
    const request = `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    for (let sent = 0; sent < 5; sent += 1) {
      socket.write(request);
      await expect.poll(() => String(socket.read() ?? '')).toContain('who are you');
    }

    expect(counts.size).toBe(1);
  });

  test('is not sent at all by who asks before', async () => {
    await using server = await start(refuse);

    const answer = await say(
      server.port,
      `${head.join('\r\n')}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toMatch(/Connection: close/i);
  });
});

test('who asks whether to send a body is told to when it is read', async () => {
  await using server = await start(async (request, response) => {
    response.end(await readBody(request, 100));
  });
  const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());

  socket.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
  const [invitation] = (await once(socket, 'data')) as [string];
  socket.write('12345');
  const [answer] = (await once(socket, 'data')) as [string];

  expect(invitation).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  expect(answer).toMatch(/12345$/);
});

describe('A42 whoever sends slowly, or without end', () => {
  const timeLimits = { headersMilliseconds: 100, idleMilliseconds: aLongTime };

  test.each([
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['nothing', ''],
  ])('%s are ended with 408', async (_, words) => {
    await using server = await start(answerOk, { timeLimits });

    expect(await say(server.port, words)).toMatch(/^HTTP\/1.1 408 /);
  });

  test('a body of which nothing comes any more ends with the connection', async () => {
    await using server = await start((request) => readBody(request, 100).then(() => undefined), {
      timeLimits: { headersMilliseconds: aLongTime, idleMilliseconds: 50 },
    });

    expect(
      await say(server.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12'),
    ).toBe('');
  });

  test('a body of which bytes come is not cut, however long it takes', async () => {
    let left = 10;
    await using server = await start(
      async (request, response) => void response.end(await readBody(request, 100)),
      { timeLimits: { headersMilliseconds: 60, idleMilliseconds: 1_000 } },
    );
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void socket.destroy());

    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${left}\r\n\r\n`);
    const sending = setInterval(() => {
      socket.write('x');
      left -= 1;
      if (left === 0) clearInterval(sending);
    }, 150);
    const [answer] = (await once(socket, 'data')) as [string];

    expect(answer).toMatch(/x{10}$/);
  });

  test('headers that are too large are refused with 431, though much more of them comes', async () => {
    await using server = await start(answerOk);

    const answer = await say(
      server.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(3_000_000)}\r\n${last}`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test('too many headers are refused with 431, and none is left out silently', async () => {
    await using server = await start(answerOk);

    const answer = await say(
      server.port,
      `GET / HTTP/1.1\r\nHost: x\r\n${'a: \r\n'.repeat(250)}${last}`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test('one address has so many connections and no more, and gets them back', async () => {
    await using server = await start(answerOk, {
      connectionCaps: { inAll: 100, fromOneAddress: 2 },
    });
    const held = [1, 2].map(() => connect(server.port, '127.0.0.1'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));

    expect(await say(server.port, `GET / HTTP/1.1\r\nHost: x\r\n${last}`)).toMatch(
      /^HTTP\/1.1 503 .*Retry-After: 5/s,
    );
    for (const socket of held) socket.destroy();
    await expect
      .poll(() => say(server.port, `GET / HTTP/1.1\r\nHost: x\r\n${last}`))
      .toMatch(/^HTTP\/1.1 200 /);
  });

  test('a trusted proxy has as many as it likes', async () => {
    await using server = await start(answerOk, {
      connectionCaps: { inAll: 100, fromOneAddress: 1 },
      trustedProxies: ['127.0.0.1'],
    });
    const held = connect(server.port, '127.0.0.1');
    onTestFinished(() => void held.destroy());
    await once(held, 'connect');

    expect(await say(server.port, `GET / HTTP/1.1\r\nHost: x\r\n${last}`)).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });
});

describe('A43 what two readers could read differently', () => {
  test.each([
    ['two hosts', 'Host: a\r\nHost: b\r\n'],
    ['two credentials', 'Host: a\r\nAuthorization: Basic eA==\r\nauthorization: Bearer y\r\n'],
    ['two ranges', 'Host: a\r\nRange: bytes=0-1\r\nRange: bytes=2-3\r\n'],
    ['two lengths', 'Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n'],
    ['a length and chunks', 'Host: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n'],
    ['a folded header', 'Host: a\r\nX-A: b\r\n c\r\nContent-Length : 1\r\n'],
  ])('%s are refused with 400', async (_, headers) => {
    let isAsked = false;
    await using server = await start(async (_request, response) => {
      isAsked = true;
      response.end();
    });

    const answer = await say(server.port, `POST / HTTP/1.1\r\n${headers}${last}`);

    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(isAsked).toBe(false);
  });
});

test('the address of a request is its client’s, where a trusted proxy tells it', async () => {
  const tellAddress: HttpHandler = async (request, response) =>
    void response.end(remoteAddressOf(request));
  await using trusting = await start(tellAddress, { trustedProxies: ['127.0.0.0/8'] });
  await using trustingNobody = await start(tellAddress);
  const addressAt = async ({ port }: { readonly port: number }) => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    return (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
  };

  expect(await addressAt(trusting)).toBe('203.0.113.9');
  expect(await addressAt(trustingNobody)).toBe('127.0.0.1');
});
