import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accessErrors } from '#access';
import { AppError } from '#kernel';
import { RecordingLogger } from '#platform/telemetry/testing';
import { noFields, nothing, operation, streamOperation } from '#protocol';
import { apiErrors } from '../api-errors.ts';
import { slipwayStyle } from '../slipway/slipway-style.ts';
import { createHttpApi } from './create-http-api.ts';
import { type Admission, type Route, routesFor } from './route.ts';
import { serveHandler } from './testing/serve-handler.ts';

/** Whoever the Authorization header names; "wrong" is a credential that is. */
interface Caller {
  readonly name: string | undefined;
}

const { route, streamRoute } = routesFor<Caller, 'keyset'>();
const anybody: Admission<Caller, unknown, object> = { statement: 'anybody', isOpen: true };
const somebody: Admission<Caller, unknown, object> = { statement: 'somebody' };

const echo = operation({
  id: 'echo',
  method: 'POST',
  path: '/echo',
  summary: 'Gives back what it was given.',
  tag: 'Made up',
  status: 200,
  params: noFields,
  query: noFields,
  body: z.object({ text: z.string() }),
  answer: z.object({ text: z.string(), caller: z.string() }),
});

const createApi = (routes: readonly Route[], logger = new RecordingLogger()) =>
  createHttpApi<Caller>({
    style: slipwayStyle,
    routes,
    authenticate: async ({ authorization }) => {
      if (authorization !== 'wrong') return { name: authorization };
      throw accessErrors.fail('UNAUTHENTICATED', 'this is nobody’s credential');
    },
    isNobody: ({ name }) => name === undefined,
    publicUrl: 'https://hub.example.com',
    logger,
  });

const below = slipwayStyle.prefix;
const serve = async (routes: readonly Route[], logger?: RecordingLogger) =>
  `${await serveHandler(createApi(routes, logger))}${below}`;

function post(
  url: string,
  body: string | ReadableStream,
  authorization?: string,
): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  return fetch(url, { method: 'POST', body, headers, duplex: 'half' });
}

/** A body of which nothing comes: whoever waits for it waits for ever. */
const silent = () => new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from(' ')) });

describe('who calls is settled before the body is read', () => {
  const echoFor = (admission: Admission<Caller, unknown, object>) =>
    route(echo, admission, async ({ body, name = 'nobody' }) => ({
      text: body.text,
      caller: name,
    }));
  const refusing: Admission<Caller, unknown, object> = {
    ...somebody,
    check: async ({ name }) => {
      throw accessErrors.fail('ACCESS_DENIED', `${name} may not do this`);
    },
  };

  test.each([
    ['nobody, where somebody is needed', somebody, undefined, 401],
    ['a wrong credential', somebody, 'wrong', 401],
    ['a wrong credential, where none is needed', anybody, 'wrong', 401],
    ['who may not', refusing, 'ada', 403],
  ])('%s is refused', async (_who, admission, authorization, status) => {
    const url = await serve([echoFor(admission)]);

    const answer = await post(`${url}/echo`, silent(), authorization);

    expect(answer.status).toBe(status);
  });

  test.each([
    ['nobody, where nobody is needed', anybody, undefined, 'nobody'],
    ['somebody, where nobody is needed', anybody, 'ada', 'ada'],
    ['somebody', somebody, 'ada', 'ada'],
    [
      'a wrong credential, where none is looked at',
      { ...anybody, ignoresCredential: true },
      'wrong',
      'nobody',
    ],
  ])('%s is let in', async (_who, admission, authorization, caller) => {
    const url = await serve([echoFor(admission)]);

    const answer = await post(`${url}/echo`, '{"text":"a"}', authorization);

    expect(await answer.json()).toEqual({ text: 'a', caller });
  });

  test('what the check finds out is handed to the handler', async () => {
    const finding: Admission<Caller, unknown, { readonly found: string }> = {
      ...anybody,
      check: async () => ({ found: 'a trace' }),
    };
    const url = await serve([
      route(echo, finding, async ({ found }) => ({ text: found, caller: '' })),
    ]);

    expect(await (await post(`${url}/echo`, '{"text":"a"}')).json()).toMatchObject({
      text: 'a trace',
    });
  });
});

describe('A11 what a body may be', () => {
  const taking = (body: z.ZodType, more: object = {}) =>
    route({ ...echo, body, ...more }, anybody, async () => ({ text: 'taken', caller: '' }));
  const send = async (taker: Route, body: string | ReadableStream) =>
    post(`${await serve([taker])}/echo`, body);
  const detailOf = async (answer: Response) => {
    const text = await answer.text();
    expect(text.length).toBeLessThan(65_536);
    return JSON.parse(text) as { detail: string; facts: { fields: { problem: string }[] } };
  };
  const texts = (count: number) => JSON.stringify({ text: 'x'.repeat(count) });

  test('64 KiB, unless its operation says otherwise', async () => {
    const anyText = z.object({ text: z.string() });
    const small = taking(anyText, { limitBytes: 1_000 });
    const large = taking(anyText, { limitBytes: 100_000 });

    expect((await send(taking(anyText), texts(65_000))).status).toBe(200);
    expect((await send(taking(anyText), texts(66_000))).status).toBe(413);
    expect((await send(small, texts(990))).status).toBe(413);
    expect((await send(large, texts(99_000))).status).toBe(200);
  });

  test('of no more values than operations have, so that no schema has to look at them', async () => {
    const isChecked = { now: false };
    const looking = z.unknown().refine(() => (isChecked.now = true));
    const body = `[${'0,'.repeat(20_001)}0]`;

    const answer = await send(taking(looking), body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(isChecked.now).toBe(false);
  });

  test('of no more levels than operations have', async () => {
    const levels = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`;

    expect((await send(taking(z.unknown()), levels(30))).status).toBe(200);
    expect((await send(taking(z.unknown()), levels(30_000))).status).toBe(400);
  });

  test('in which no key of an object stands twice', async () => {
    const answer = await send(taking(z.unknown()), '{"text":"a","text":"b"}');

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('the key \\"text\\" stands in it twice');
  });

  test('without NUL, unless its operation takes that', async () => {
    const anyText = z.object({ text: z.string() });
    const body = '{"text":"a\\u0000b"}';

    expect((await send(taking(anyText), body)).status).toBe(400);
    expect((await send(taking(anyText, { takesNul: true }), body)).status).toBe(200);
  });

  test('the first twenty of many wrong fields are named', async () => {
    const numbers = taking(z.array(z.int()));

    const { detail, facts } = await detailOf(
      await send(numbers, JSON.stringify(Array.from({ length: 10_000 }, () => 'x'))),
    );

    expect(facts.fields).toHaveLength(20);
    expect(detail).toMatch(/^0: .*; 19: .*; and 9980 more$/);
  });

  test('some of many fields that nobody knows are named, and cut where they are long', async () => {
    const strangers = Array.from({ length: 20 }, (_, index) => [
      `${index}${'\u0001'.repeat(400)}`,
      0,
    ]);

    const { facts } = await detailOf(
      await send(taking(z.object({})), JSON.stringify(Object.fromEntries(strangers))),
    );

    expect(facts.fields[0]?.problem).toMatch(
      /^Unrecognized keys: "0\ufffd{39}…", .*, and 15 more$/,
    );
  });

  test('wrong fields with long names, however many, make no long answer', async () => {
    const record = taking(z.record(z.string(), z.int()));
    const wrong = Array.from({ length: 50 }, (_, index) => [`${index}${'€"\n'.repeat(130)}`, '']);

    const { facts } = await detailOf(await send(record, JSON.stringify(Object.fromEntries(wrong))));

    expect(facts.fields).toHaveLength(20);
  });

  test('nothing, where its operation takes none: it is not even read', async () => {
    const bodyless = taking(nothing);

    expect((await send(bodyless, silent())).status).toBe(200);
  });
});

describe('a path', () => {
  const named = (path: string) =>
    route(
      {
        ...echo,
        id: path,
        method: 'GET',
        path,
        params: z.record(z.string(), z.string()),
        body: nothing,
        answer: z.unknown(),
      },
      anybody,
      async ({ params }) => ({ path, params }),
    );
  const routes = [
    '/shelves/{shelf}',
    '/shelves/new',
    '/shelves/{shelf}/books/{book}',
    '/shelves/new/labels',
  ].map(named);
  const get = async (path: string) => {
    const answer = await fetch(`${await serve(routes)}${path}`);
    return answer.ok ? answer.json() : answer.status;
  };

  test.each([
    ['/shelves/a', '/shelves/{shelf}', { shelf: 'a' }],
    ['/shelves/new', '/shelves/new', {}],
    ['/shelves/n%65w', '/shelves/new', {}],
    ['/shelves/new/labels', '/shelves/new/labels', {}],
    ['/shelves/new/books/b', '/shelves/{shelf}/books/{book}', { shelf: 'new', book: 'b' }],
    ['/shelves/a%2Fb/books/%C3%A9', '/shelves/{shelf}/books/{book}', { shelf: 'a/b', book: 'é' }],
    ['/shelves/%7Bshelf%7D', '/shelves/{shelf}', { shelf: '{shelf}' }],
  ])('%s leads to %s', async (path, declared, params) => {
    expect(await get(path)).toEqual({ path: declared, params });
  });

  test.each([
    '/shelves',
    '/shelves/',
    '/shelves/a/',
    '/shelves//books/b',
    '/shelves/a/books',
    '//',
  ])('%s leads nowhere', async (path) => {
    expect(await get(path)).toBe(404);
  });

  test('of two operations is refused when the API is made', () => {
    expect(() => createApi([named('/shelves/{a}'), named('/shelves/{b}')])).toThrow(
      '/shelves/{b} has the path of another operation',
    );
  });
});

describe('what goes wrong inside', () => {
  const failing = (error: unknown) =>
    route(echo, anybody, async () => {
      throw error;
    });
  const failure = async (thrown: Route) => {
    const logger = new RecordingLogger();
    const answer = await post(`${await serve([thrown], logger)}/echo`, '{"text":"a"}');
    return { answer, logger };
  };

  test.each([
    ['a failure that nobody expected', failing(new TypeError('the secret is sesame'))],
    ['an error whose code nobody gave a status', failing(new AppError('SECRET', 'sesame'))],
    [
      'an answer that is not what was declared',
      route(echo, anybody, async () => ({ text: 'a' }) as never),
    ],
  ])('%s is logged once and answered with a request id alone', async (_what, thrown) => {
    const { answer, logger } = await failure(thrown);

    expect(answer.status).toBe(500);
    const body = (await answer.json()) as { requestId: string };
    expect(JSON.stringify(body)).not.toContain('sesame');
    expect(logger.failures).toMatchObject([
      { level: 'error', fields: { requestId: body.requestId } },
    ]);
  });

  test('being busy is no news', async () => {
    const { answer, logger } = await failure(failing(new AppError('LOGIN_BUSY', 'wait')));

    expect(answer.status).toBe(503);
    expect(logger.failures).toEqual([]);
  });

  test('a client that leaves while it sends is none', async () => {
    const [arrived, left] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()];
    const logger = new RecordingLogger();
    const arriving = { ...anybody, check: async () => (arrived.resolve(), {}) };
    const api = createApi([route(echo, arriving, async () => ({ text: '', caller: '' }))], logger);
    const server = await serveHandler((request, response) =>
      api(request, response).catch((error: unknown) => left.resolve(error)),
    );
    const [body, leave] = [silent(), new AbortController()];
    const headers = { 'content-type': 'application/json' };

    const { signal } = leave;
    const sent = fetch(`${server}${below}/echo`, {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
      signal,
    });
    await arrived.promise;
    leave.abort();

    await expect(sent).rejects.toThrow();
    expect(await left.promise).toMatchObject({ code: 'ECONNRESET' });
    expect(logger.failures).toEqual([]);
  });
});

describe('a stream', () => {
  const follow = streamOperation({
    ...echo,
    id: 'follow',
    method: 'GET',
    path: '/events',
    body: nothing,
    mediaType: 'text/event-stream',
  });

  test('is told where an earlier one stopped, and sends what it likes', async () => {
    const url = await serve([
      streamRoute(follow, anybody, async ({ lastEventId }) => ({
        run: ({ send }) => send(`after ${lastEventId}`),
      })),
    ]);

    const answer = await fetch(`${url}/events`, { headers: { 'last-event-id': '7' } });

    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('after 7');
  });

  test('is refused like any operation before it begins', async () => {
    const open = streamRoute(follow, somebody, async () => {
      throw apiErrors.fail('NOT_FOUND', 'there are no events');
    });
    const url = await serve([open]);
    const as = (authorization: string) => fetch(`${url}/events`, { headers: { authorization } });

    expect((await fetch(`${url}/events`)).status).toBe(401);
    expect((await as('ada')).status).toBe(404);
    expect((await fetch(`${url}/events`, { method: 'HEAD' })).status).toBe(404);
  });
});
