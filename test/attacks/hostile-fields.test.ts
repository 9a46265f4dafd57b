import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { type DescribedOperation, readOperations } from '../access/described-operations.ts';
import { operationRows } from '../access/operations-table.ts';

/* What a request may say besides what its operation asks for, for every operation of the API. */

let server: TestServer;
let described: readonly DescribedOperation[];

beforeAll(async () => {
  server = await startTestServer();
  described = await readOperations(server.url);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const taking = Object.entries(operationRows).filter(([, { body }]) => body !== undefined);

async function send(id: string, text: string, headers: Readonly<Record<string, string>> = {}) {
  const { method = '', path = '' } = described.find((operation) => operation.id === id) ?? {};
  const filled = path.replace('{namespace}', 'bob').replace(/\{\w+\}/g, '1');
  const answer = await fetch(`${server.url}${filled}`, {
    method,
    headers: {
      authorization: `Bearer ${server.administrator.session}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(text === '' ? {} : { body: text }),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

function bodyOf(id: string): object {
  const body = operationRows[id]?.body;
  return (typeof body === 'function' ? body('someone') : body) ?? {};
}

/** The body as JSON, with a field in front that JavaScript would not write there. */
function withField(id: string, field: string, value: string): string {
  const rest = JSON.stringify(bodyOf(id)).slice(1);
  return `{"${field}":${value}${rest === '}' ? '' : ','}${rest}`;
}

describe('A6 what nobody asked for is refused, and not taken along', () => {
  test.each(taking)('%s', async (id) => {
    for (const field of ['isAdmin', 'role', 'accountId', 'ownerId', 'createdAt']) {
      const { status, text } = await send(id, withField(id, field, 'true'));

      expect(status, field).toBe(400);
      expect(text).toContain(field);
    }
  });

  test('nobody makes themselves an administrator', async () => {
    const body = { username: 'mallory', password: 'correct horse battery', isAdministrator: true };
    const answer = await send('createUser', JSON.stringify(body), {
      authorization: `Bearer ${server.bob.session}`,
    });

    expect(answer.status).toBe(403);
  });
});

describe('A44 names and types that JavaScript takes for something else', () => {
  test.each(taking)('%s', async (id) => {
    for (const field of ['__proto__', 'constructor', 'prototype']) {
      const { status } = await send(id, withField(id, field, '{"isAdministrator":true}'));

      expect(status, field).toBe(400);
    }
    for (const text of ['[]', '"text"', '7', 'null', '{"length":1}']) {
      expect((await send(id, text)).status, text).toBe(400);
    }
    expect({}).not.toHaveProperty('isAdministrator');
  });

  test('fields of other types are refused, and not turned into text', async () => {
    for (const username of [['admin'], { toString: 'admin' }, 7, true, null]) {
      const body = JSON.stringify({ username, password: 'correct horse battery' });

      expect((await send('login', body)).status, JSON.stringify(username)).toBe(400);
    }
  });

  test.each([
    '/api/v1/repositories?__proto__=x',
    '/api/v1/repositories?constructor=x',
    '/api/v1/repositories?limit=1&limit=2',
    '/api/v1/repositories?limit[]=1',
  ])('the query of %s is refused', async (path) => {
    expect((await fetch(`${server.url}${path}`)).status).toBe(400);
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
    'a path or method called %s is nothing',
    async (name) => {
      expect((await fetch(`${server.url}/api/v1/${name}`)).status).toBe(404);
      expect((await fetch(`${server.url}/v2/users/${name}`)).status).toBe(404);
      expect((await fetch(`${server.url}/${name}`)).status).toBe(404);
    },
  );
});

describe('A38 what a page of somebody else can make a browser do', () => {
  test('a cookie is neither given nor taken, and no other origin may read', async () => {
    for (const { id, access } of described) {
      const cookie = `session=${server.bob.session}; token=${server.bob.session}`;
      const answer = await send(id, JSON.stringify(bodyOf(id)).replace('{}', ''), {
        authorization: '',
        cookie,
        origin: 'https://evil.example',
      }).catch((error: unknown) => {
        throw new Error(`${id} failed`, { cause: error });
      });

      expect(answer.headers.has('set-cookie'), id).toBe(false);
      expect(
        [...answer.headers.keys()].filter((name) => name.startsWith('access-control-')),
        id,
      ).toEqual([]);
      if (!/anybody|everybody/.test(access))
        expect(answer.status, `${id}: ${access}`).not.toBe(200);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'what a form can send without asking first, as %s, is taken by no operation',
    async (type) => {
      for (const [id] of taking) {
        const body = JSON.stringify(bodyOf(id));

        expect((await send(id, body, { 'content-type': type })).status, id).toBe(415);
      }
    },
  );

  test('a question before (preflight) is answered with nothing that allows', async () => {
    const answer = await fetch(`${server.url}/api/v1/login`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });

    expect(answer.ok).toBe(false);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });
});
