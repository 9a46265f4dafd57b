import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushImage, visitOf } from '../testing/content.ts';
import { type EdgeFixture, openEdge, type TestRequest } from '../testing/edge-fixture.ts';

const repository = '/v2/team/app-1';
const room = 15_000;
const times = (text: string) => text.repeat(Math.floor(room / text.length));

/** As long as Node lets a request's head be, with which readers may be kept busy. */
describe('A11 a request is answered at once and shortly, with a head full of', () => {
  let edge: EdgeFixture;
  let digest: string;

  beforeAll(async () => {
    edge = await openEdge();
    ({ digest } = (await pushImage(edge.registry, visitOf(1), 'v1')).config);
  });
  afterAll(() => edge[Symbol.asyncDispose]());

  const manifest = `${repository}/manifests/v1`;
  const rows: readonly [what: string, status: number, ask: () => TestRequest][] = [
    ['accepted types', 200, () => ({ path: manifest, headers: { accept: times('a/b;q=0.1, ') } })],
    ['cookies', 200, () => ({ path: manifest, headers: { cookie: times('a=b; ') } })],
    ['validators', 200, () => ({ path: manifest, headers: { 'if-none-match': times('W/"a", ') } })],
    [
      'ranges',
      200,
      () => ({
        path: `${repository}/blobs/${digest}`,
        headers: { range: `bytes=${times('0-1,')}` },
      }),
    ],
    ['parameters', 200, () => ({ path: `${repository}/tags/list?${times('n=1&')}` })],
    ['question marks', 200, () => ({ path: `${repository}/tags/list?${times('?')}` })],
    [
      'a page behind a long name',
      200,
      () => ({ path: `${repository}/tags/list?last=${times('z')}` }),
    ],
    ['a page size', 400, () => ({ path: `${repository}/tags/list?n=${times('9')}` })],
    ['slashes', 400, () => ({ path: `/v2/${times('/')}manifests/v1` })],
    ['parts of a name', 400, () => ({ path: `/v2/${times('a/')}tags/list` })],
    ['separators', 400, () => ({ path: `/v2/a/${times('-')}/tags/list` })],
    ['escapes', 400, () => ({ path: `${repository}/manifests/sha256${times('%3a')}` })],
    ['a digest', 400, () => ({ path: `${repository}/manifests/sha256:${times('0')}` })],
    ['a tag', 400, () => ({ path: `${repository}/manifests/${times('v')}` })],
    [
      'a place in an upload',
      404,
      () => ({
        method: 'PATCH',
        path: `${repository}/blobs/uploads/0b7f2b1e-7f0e-4d5b-8a37-0a6c2a3c9f11`,
        headers: { 'content-range': times('0-') },
      }),
    ],
  ];

  test.each(rows)('%s', async (_what, status, ask) => {
    const request = ask();
    const before = process.threadCpuUsage();

    const answer = await edge.send(request);

    const { user, system } = process.threadCpuUsage(before);
    expect(answer.status).toBe(status);
    expect(answer.body.length).toBeLessThan(2_000);
    // The client of this test is in it too.
    expect(user + system).toBeLessThan(100_000);
    expect(edge.failures).toEqual([]);
  });
});
