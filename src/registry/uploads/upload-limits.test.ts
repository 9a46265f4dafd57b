import { describe, expect, test } from 'vitest';
import { digestOf } from '#platform/crypto';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { chunksOf, pushBlob, visitOf } from '../testing/content.ts';
import { openEdge } from '../testing/edge-fixture.ts';
import { openRegistryFixture } from '../testing/registry-fixture.ts';

const minute = 60_000;
const bob = { subject: 'user-2' };
const tooMany = { code: 'UPLOADS_TOO_MANY' };

describe.each(testDialects)('limits on uploads in %s', (dialect) => {
  const open = (limits: { perCaller?: number; perRepository?: number; inAll?: number }) => {
    const uploadLimits = { perCaller: 100, perRepository: 100, inAll: 100, ...limits };
    return openRegistryFixture({ dialect, store: 'memory' }, { uploadLimits });
  };

  test('A15 a caller begins so many uploads and no more, wherever, and others are not touched', async () => {
    await using fixture = await open({ perCaller: 3 });
    const { uploads } = fixture.registry;
    for (const repository of [1, 2, 3]) await uploads.start(visitOf(repository));

    await expect(uploads.start(visitOf(4))).rejects.toMatchObject({
      ...tooMany,
      message: expect.stringContaining('you have 3 unfinished uploads'),
    });
    await expect(uploads.start(visitOf(1, bob))).resolves.toBeDefined();
  });

  test('A15 a repository takes so many uploads, whoever begins them', async () => {
    await using fixture = await open({ perRepository: 2 });
    const { uploads } = fixture.registry;
    for (const actor of [bob, { subject: 'user-3' }]) await uploads.start(visitOf(1, actor));

    await expect(uploads.start(visitOf(1))).rejects.toMatchObject(tooMany);
    await expect(uploads.start(visitOf(2))).resolves.toBeDefined();
  });

  test('A15 the registry takes so many uploads in all', async () => {
    await using fixture = await open({ inAll: 2 });
    const { uploads } = fixture.registry;
    const { id } = await uploads.start(visitOf(1));
    await uploads.start(visitOf(2, bob));

    await expect(uploads.start(visitOf(3))).rejects.toMatchObject(tooMany);
    await uploads.cancel(visitOf(1), id);
    fixture.clock.advance(1000);
    await expect(uploads.start(visitOf(3))).resolves.toBeDefined();
  });

  test('A15 what is finished, canceled or expired counts no more', async () => {
    await using fixture = await open({ perCaller: 3 });
    const { uploads } = fixture.registry;
    const visit = visitOf(1);
    const begun = [];
    for (let count = 0; count < 3; count += 1) begun.push(await uploads.start(visit));
    const [finished, canceled] = begun;

    await uploads.cancel(visit, canceled?.id ?? '');
    begun.push(await uploads.start(visit));
    await uploads.finish(visit, finished?.id ?? '', digestOf(Buffer.alloc(0)));
    await uploads.start(visit);
    await expect(uploads.start(visit)).rejects.toMatchObject(tooMany);
    fixture.clock.advance(60 * minute);

    await expect(uploads.start(visit)).resolves.toBeDefined();
  });

  test('A15 an upload without bytes ends after an hour, one with bytes a day after the last', async () => {
    await using fixture = await open({});
    const { uploads } = fixture.registry;
    const visit = visitOf(1);
    const [empty, begun] = [await uploads.start(visit), await uploads.start(visit)];
    await uploads.append(visit, begun.id, { bytes: chunksOf(Buffer.from('some')) });

    fixture.clock.advance(60 * minute);
    await expect(uploads.find(visit, empty.id)).rejects.toMatchObject({
      code: 'BLOB_UPLOAD_UNKNOWN',
    });
    await expect(uploads.find(visit, begun.id)).resolves.toMatchObject({ receivedBytes: 4 });
    fixture.clock.advance(23 * 60 * minute);
    await expect(uploads.find(visit, begun.id)).rejects.toMatchObject({
      code: 'BLOB_UPLOAD_UNKNOWN',
    });
  });

  test('a blob in one request is taken whatever is open', async () => {
    await using fixture = await open({ perCaller: 1 });
    await fixture.registry.uploads.start(visitOf(1));

    await expect(pushBlob(fixture.registry, visitOf(1))).resolves.toBeDefined();
  });

  test('A15 thousands of abandoned uploads go in one call, and leave nothing', async () => {
    await using fixture = await open({ perCaller: 5000, perRepository: 5000, inAll: 5000 });
    const { uploads } = fixture.registry;
    const starting = Array.from({ length: 1234 }, () => uploads.start(visitOf(1)));
    await Promise.all(starting);
    fixture.clock.advance(61 * minute);

    expect(await uploads.removeExpired()).toBe(1234);

    const [left] = await fixture.database.read((tx) => tx.all(countRows));
    expect(left?.rows).toBe(0);
  });

  test('what is counted and what has expired is found by an index', async () => {
    await using fixture = await open({});
    const { database } = fixture;
    await database.transact(async (tx) => {
      if (dialect === 'postgres') await tx.run(withoutScans);
      for (const condition of conditions) {
        const plan = dialect === 'postgres' ? 'explain' : 'explain query plan';
        const query = `${plan} select 1 from upload where ${condition} limit 10`;
        const lines = await tx.all(statement<[], object>(query));
        expect(JSON.stringify(lines)).toMatch(/INDEX upload_\w+|Index.* upload_\w+/);
      }
    });
  });
});

const conditions = [
  "subject = 'user-1' and subject <> '' and expires_at > 5",
  "repository_id = 1 and subject <> '' and expires_at > 5",
  'expires_at <= 5 and writer_until <= 5',
];
const countRows = statement<[], { rows: number }>('select count(*) as rows from upload');
const withoutScans = statement('set local enable_seqscan = off');

test('A15 too many uploads are answered with 429, and with what to do', async () => {
  const uploadLimits = { perCaller: 1, perRepository: 10, inAll: 10 };
  await using edge = await openEdge({ uploadLimits });
  const start = { method: 'POST', path: '/v2/team/app-1/blobs/uploads/' };
  await edge.send(start);

  const answer = await edge.send(start);

  expect(answer).toMatchObject({ status: 429, codes: ['TOOMANYREQUESTS'] });
  expect(answer.headers['retry-after']).toBe('60');
  expect(answer.body).toContain('cancel them with DELETE');
});
