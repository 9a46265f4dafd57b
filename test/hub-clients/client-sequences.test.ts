import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { pushImage, startTestServer, type TestServer, testPassword } from '#app/testing';
import { hubMcp, hubTool, renovateTags, terraform } from './client-shapes.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly body?: object;
}

async function send(path: string, { method, token, body }: Sent = {}): Promise<Response> {
  return fetch(`${server.url}/v2${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** What came, as the client decodes it: throws for what it would not take. */
async function decode<Shape extends z.ZodType>(shape: Shape, answer: Response) {
  expect(answer.ok, answer.url).toBe(true);
  return shape.parse(await answer.json());
}

async function logIn(secret: string): Promise<string> {
  const body = { username: 'ada', password: secret };
  const { token } = await decode(hubTool.login, await send('/users/login', { body }));
  return String(token);
}

test('hub-tool logs in, lists repositories and tags, removes a tag and a repository', async () => {
  await pushImage(server, server.ada, 'ada/tool:1');
  const answer = await send('/users/login?refresh_token=true', {
    body: { username: 'ada', password: testPassword },
  });
  const token = String((await decode(hubTool.login, answer)).token);

  const user = await decode(hubTool.user, await send('/user/', { token }));
  expect(user).toMatchObject({ username: 'ada', type: 'User' });
  const list = '/repositories/ada?ordering=last_updated&page=1&page_size=100';
  await decode(hubTool.repositories, await send(list, { token }));
  const tags = '/repositories/ada/tool/tags/?page=1&page_size=100';
  await decode(hubTool.tags, await send(tags, { token }));

  const remove = (path: string) => send(path, { method: 'DELETE', token });
  expect((await remove('/repositories/ada/tool/tags/1/')).ok).toBe(true);
  expect((await remove('/repositories/ada/tool/')).ok).toBe(true);
});

test('Terraform makes, reads, changes and deletes a repository, and finds what it wrote', async () => {
  const token = await logIn(testPassword);
  const at = '/repositories/ada/terraform/';
  const wanted = { name: 'terraform', description: '', full_description: '', is_private: false };
  const rules = ['^v', '^release-'];

  const created = await decode(
    terraform.repository,
    await send('/namespaces/ada/repositories', { token, body: { ...wanted, registry: '' } }),
  );
  const changed = await decode(
    terraform.repository,
    await send(at, {
      method: 'PATCH',
      token,
      body: {
        description: 'an app',
        full_description: '# An app',
        immutable_tags: true,
        immutable_tags_rules: rules.join(','),
      },
    }),
  );
  expect((await send(`${at}privacy`, { token, body: { is_private: true } })).ok).toBe(true);
  const read = await decode(terraform.repository, await send(at, { token }));

  expect(created).toMatchObject(wanted);
  expect(read).toMatchObject({
    description: 'an app',
    full_description: '# An app',
    is_private: true,
    immutable_tags_settings: { enabled: true, rules },
  });
  expect(read.immutable_tags_settings).toEqual(changed.immutable_tags_settings);
  expect((await send(at, { method: 'DELETE', token })).status).toBeLessThan(400);
  const gone = await send(at, { token });
  expect([gone.status, (await gone.text()).toLowerCase()]).toEqual([
    404,
    expect.stringContaining('not found'),
  ]);
});

test('hub-mcp finds every key that it knows in each answer, and no other', async () => {
  const { secret } = await server.ada.makeToken('repo:admin');
  const token = await logIn(secret);
  const at = '/namespaces/ada/repositories';
  const body = { namespace: 'ada', name: 'mcp', is_private: true };

  await decode(hubMcp.repository, await send(at, { token, body }));
  await pushImage(server, server.ada, 'ada/mcp:latest');
  await decode(hubMcp.repositories, await send(`${at}?page=1&page_size=10`, { token }));
  await decode(hubMcp.repository, await send(`${at}/mcp`, { token }));
  const change = { method: 'PATCH', token, body: { description: 'x', status: 1 } };
  await decode(hubMcp.repository, await send(`${at}/mcp`, change));
  await decode(hubMcp.tags, await send(`${at}/mcp/tags?page=1&page_size=10`, { token }));
  await decode(hubMcp.tag, await send(`${at}/mcp/tags/latest`, { token }));

  for (const [path, status] of [
    ['mcp', 200],
    ['none', 404],
    ['mcp/tags/latest', 200],
    ['mcp/tags/none', 404],
  ] as const) {
    const head = await send(`${at}/${path}`, { method: 'HEAD', token });
    expect([head.status, await head.text()], path).toEqual([status, '']);
  }
});

test('dockerhub-description exchanges an access token and writes the page of a repository', async () => {
  await pushImage(server, server.ada, 'ada/described:latest');
  const { secret } = await server.ada.makeToken('repo:admin');
  const issued = await send('/auth/token', { body: { identifier: 'ada', secret } });
  const { access_token: token } = (await issued.json()) as { access_token: string };
  const body = { full_description: 'é'.repeat(12_500), description: 'é'.repeat(50) };

  const answer = await send('/repositories/ada/described', { method: 'PATCH', token, body });

  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject(body);
});

test('renovate finds tags, newest first, without a credential', async () => {
  for (const tag of ['1.0', '1.1', '1.2'])
    await pushImage(server, server.ada, `ada/versions:${tag}`);

  const answer = await send('/repositories/ada/versions/tags?page_size=1000&ordering=last_updated');

  const { results, next } = await decode(renovateTags, answer);
  expect(results.map(({ name }) => name)).toEqual(['1.2', '1.1', '1.0']);
  expect(next).toBeNull();
});

describe('the shapes', () => {
  test('refuse a key that is missing, one too many, and another type', async () => {
    await pushImage(server, server.ada, 'ada/shapes:latest');
    const answer = await send('/namespaces/ada/repositories/shapes/tags/latest');
    const tag = (await answer.json()) as Record<string, unknown>;

    expect(hubMcp.tag.safeParse(tag).success).toBe(true);
    for (const key of Object.keys(tag)) {
      const { [key]: _, ...without } = tag;
      expect(hubMcp.tag.safeParse(without).success, key).toBe(false);
    }
    expect(hubMcp.tag.safeParse({ ...tag, image_id: '' }).success).toBe(false);
    expect(hubMcp.tag.safeParse({ ...tag, full_size: '7' }).success).toBe(false);
  });
});
