import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accessErrors } from '#access';
import { AppError } from '#kernel';
import { silentLogger } from '#platform/telemetry';
import { noFields, nothing, numberedPageOf, numberedPageQuery, operation } from '#protocol';
import { apiErrors } from '../api-errors.ts';
import { createHttpApi } from '../kit/create-http-api.ts';
import { type Admission, routesFor } from '../kit/route.ts';
import { serveHandler } from '../kit/testing/serve-handler.ts';
import { hubStyle } from './hub-style.ts';

const publicUrl = 'https://hub.example.com';
const tag = 'Made up';
const colour = z.object({ name: z.string() });
const palette = z.object({ palette: z.string() });

/** Operations that Hub does not have, of the kinds that it has. */
const operations = {
  list: operation({
    id: 'listColours',
    method: 'GET',
    path: '/palettes/{palette}/colours',
    summary: 'Lists colours.',
    tag,
    status: 200,
    params: palette,
    query: numberedPageQuery.extend({ ordering: z.string().optional() }),
    body: nothing,
    answer: numberedPageOf(colour),
  }),
  add: operation({
    id: 'addColour',
    method: 'POST',
    path: '/palettes/{palette}/colours',
    summary: 'Adds a colour.',
    tag,
    status: 201,
    params: palette,
    query: noFields,
    body: z.object({ name: z.string().max(20), shade: z.string().max(20).optional() }),
    answer: colour,
  }),
  remove: operation({
    id: 'removeColour',
    method: 'DELETE',
    path: '/palettes/{palette}/colours/{name}',
    summary: 'Removes a colour.',
    tag,
    status: 204,
    params: palette.extend({ name: z.string() }),
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
};

interface Caller {
  readonly name: string | undefined;
}

const { route, listRoute } = routesFor<Caller, 'numbered'>();
const anybody: Admission<Caller, unknown, object> = { statement: 'anybody', isOpen: true };
const somebody: Admission<Caller, unknown, object> = { statement: 'somebody' };
const colours = Array.from({ length: 45 }, (_, index) => ({ name: `colour-${index}` }));

const tooMany = new AppError('TOO_MANY_TRIES', 'wait', { detail: { retryAfterSeconds: 7 } });

const routes = [
  listRoute(operations.list, anybody, async ({ params, page }) => {
    if (params.palette === 'mine')
      throw accessErrors.fail('ACCESS_DENIED', 'this palette is not yours');
    if (params.palette === 'busy') throw tooMany;
    const { offset, take } = page;
    return { items: colours.slice(offset, offset + take), count: colours.length };
  }),
  route(operations.add, somebody, async ({ body }) => ({ name: body.name })),
  route(operations.remove, somebody, async ({ params }) => {
    if (params.name === 'red') return undefined;
    throw apiErrors.fail('NOT_FOUND', `there is no colour ${params.name}`);
  }),
];

let server: string;
beforeEach(async () => {
  server = await serveHandler(
    createHttpApi<Caller>({
      style: hubStyle,
      routes,
      authenticate: async ({ authorization }) => ({ name: authorization }),
      isNobody: ({ name }) => name === undefined,
      publicUrl,
      logger: silentLogger,
    }),
  );
});

const path = '/v2/palettes/warm/colours';
const list = async (query = '') => {
  const answer = await fetch(`${server}${path}${query}`);
  return (await answer.json()) as z.infer<typeof operations.list.answer>;
};
const add = (body: string, contentType: string, to = path) =>
  fetch(`${server}${to}`, {
    method: 'POST',
    body,
    headers: { authorization: 'me', 'content-type': contentType },
  });
const remove = (name: string, end = '') =>
  fetch(`${server}${path}/${name}${end}`, { method: 'DELETE', headers: { authorization: 'me' } });

describe('numbered pages', () => {
  test('have ten items, the count of all, and whole addresses of the pages beside them', async () => {
    expect(await list()).toEqual({
      count: 45,
      next: `${publicUrl}${path}?page=2`,
      previous: null,
      results: colours.slice(0, 10),
    });
  });

  test('keep what else was asked for in the addresses of others', async () => {
    const page = await list('/?page=2&page_size=20&ordering=-name');

    expect(page.results).toEqual(colours.slice(20, 40));
    expect(page.next).toBe(`${publicUrl}${path}/?page=3&page_size=20&ordering=-name`);
    expect(page.previous).toBe(`${publicUrl}${path}/?page=1&page_size=20&ordering=-name`);
  });

  test('end with one that has no next', async () => {
    expect(await list('?page=3&page_size=20')).toMatchObject({
      next: null,
      results: colours.slice(40),
    });
  });

  test('of more than a hundred are asked for by clients, and have a hundred', async () => {
    expect(await list('?page_size=10000')).toMatchObject({ next: null, results: colours });
  });

  test('past the end are not found', async () => {
    const answer = await fetch(`${server}${path}?page=6`);

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: 'object not found' });
  });
});

describe('a path', () => {
  test.each(['', '/'])('answers every method when it ends with "%s"', async (end) => {
    expect((await list(end)).count).toBe(45);
    expect((await add('{"name":"red"}', 'application/json', path + end)).status).toBe(201);
    expect((await remove('red', end)).status).toBe(204);
    expect((await fetch(`${server}${path}${end}`, { method: 'HEAD' })).status).toBe(200);
  });

  test.each(['GET', 'POST', 'DELETE'])(
    'that is no operation answers %s in Hub’s words',
    async (method) => {
      for (const end of ['', '/', '/more//', '/%zz', `/${'x'.repeat(9_000)}`]) {
        const answer = await fetch(`${server}/v2/users${end}`, { method });

        expect(answer.status).toBe(404);
        expect(await answer.text()).toBe('{"message":"object not found","errinfo":{}}');
      }
    },
  );
});

describe('a body', () => {
  test.each([
    ['JSON', '{"name":"red","id":0,"uuid":""}', 'application/json; charset=utf-8'],
    ['a form', 'name=red&id=0&uuid=', 'application/x-www-form-urlencoded'],
  ])('is %s, with fields that nobody knows', async (_what, body, contentType) => {
    const answer = await add(body, contentType);

    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ name: 'red' });
  });

  test('of another type is told which there are', async () => {
    const answer = await add('<name>red</name>', 'text/xml');

    expect(answer.status).toBe(415);
    expect(await answer.json()).toEqual({
      message: expect.stringMatching(/JSON.*form/),
      detail: expect.stringMatching(/JSON.*form/),
    });
  });
});

describe('a refusal', () => {
  test('has a message and a detail, both text', async () => {
    const answer = await fetch(`${server}/v2/palettes/mine/colours`);

    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      message: 'this palette is not yours',
      detail: 'this palette is not yours',
    });
  });

  test('of what is not there says "not found", which clients look for', async () => {
    const answer = await remove('blue');

    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      message: 'object not found',
      detail: 'there is no colour blue',
    });
  });

  test('of wrong fields lists what is wrong with each', async () => {
    const answer = await add(
      '{"name":7,"shade":"a shade of blue that nobody knows"}',
      'application/json',
    );

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      fields: { name: [expect.any(String)], shade: [expect.any(String)] },
      text: expect.stringContaining('shade'),
    });
  });

  test('of nobody is 401', async () => {
    const answer = await fetch(`${server}${path}`, { method: 'POST', body: '{"name":"red"}' });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test('of too much at once says when to come back', async () => {
    const answer = await fetch(`${server}/v2/palettes/busy/colours`);

    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toEqual({ detail: 'Rate limit exceeded', error: false });
  });

  test('never runs as a page of the web UI', async () => {
    for (const answer of [await fetch(`${server}${path}`), await fetch(`${server}/v2/nothing`)]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    }
  });
});
