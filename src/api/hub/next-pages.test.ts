import { expect, test } from 'vitest';
import { startTestServer } from '#app/testing';

const asked = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hub.docker.com' };

test.each([
  ['127.0.0.1', 'https://hub.docker.com'],
  ['192.0.2.1', undefined],
])('with the proxy %s trusted, further pages are at %s', async (proxy, origin) => {
  await using server = await startTestServer({
    environment: { SLIPWAY_TRUSTED_PROXIES: proxy },
  });
  for (const name of ['a', 'b']) {
    await fetch(`${server.url}/v2/namespaces/ada/repositories`, {
      method: 'POST',
      headers: { authorization: server.ada.basic, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  }
  const nextFor = async (headers: Record<string, string>) => {
    const answer = await fetch(`${server.url}/v2/repositories/ada/?page_size=1`, { headers });
    return ((await answer.json()) as { next: string }).next;
  };

  const path = '/v2/repositories/ada/?page_size=1&page=2';
  expect(await nextFor(asked)).toBe(`${origin ?? server.url}${path}`);
  expect(await nextFor({})).toBe(`${server.url}${path}`);
});
