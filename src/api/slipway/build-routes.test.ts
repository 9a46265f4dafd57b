import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  connectBuilder,
  makeBuildable,
  pushSource,
  startBuild,
  startTestServer,
  type TestServer,
} from '#app/testing';
import { buildConfigurationOperations, buildOperations as operations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ environment: { SLIPWAY_CONCURRENT_BUILDS: '1' } });
});
afterAll(() => server[Symbol.asyncDispose]());

type Page = z.output<typeof operations.list.answer>;

const at = (name: string) => ({ params: { namespace: 'ada', name } });
const of = (buildId: number) => ({ params: { buildId } });
const show = (id: number) => server.ada.client.call(operations.show, of(id));
const cancel = (id: number) => server.ada.client.call(operations.cancel, of(id));
const retry = (id: number) => server.ada.client.call(operations.retry, of(id));

describe('builds', () => {
  test('are listed newest first in pages, each once', async () => {
    const branches = ['a', 'b', 'c', 'd', 'e'];
    await makeBuildable(server, 'listed', { branches });
    const ids = [];
    for (const branch of branches) ids.push(await startBuild(server, 'listed', branch));

    const seen: number[] = [];
    let query: { limit: number; after?: string } | undefined = { limit: 2 };
    while (query !== undefined) {
      const { items, next }: Page = await server.ada.client.call(operations.list, {
        ...at('listed'),
        query,
      });
      seen.push(...items.map(({ id }) => id));
      query = next === undefined ? undefined : { limit: 2, after: next };
    }

    expect(seen).toEqual(ids.toReversed());
  });

  test.each(['x', '', '1e3', '-1'])('are refused a page after %j, no page’s end', async (after) => {
    await makeBuildable(server, 'paged').catch(() => undefined);

    const call = server.ada.client.call(operations.list, { ...at('paged'), query: { after } });

    await expect(call).rejects.toMatchObject({ status: 400, facts: { field: 'after' } });
  });

  test('of a ref that is not there are refused, and the ref is named', async () => {
    await makeBuildable(server, 'refless');

    await expect(startBuild(server, 'refless', 'gone')).rejects.toMatchObject({
      status: 404,
      code: 'REF_UNKNOWN',
      message: expect.stringContaining('gone'),
    });
  });

  test('that wait say where and for what', async () => {
    await makeBuildable(server, 'waiting');

    const { state, waiting, attemptList } = await show(await startBuild(server, 'waiting'));

    expect({ state, attemptList }).toEqual({ state: 'pending', attemptList: [] });
    expect(waiting).toEqual({ position: expect.any(Number), reason: expect.any(String) });
  });
});

describe('a waiting build', () => {
  test('TRB-08 can be canceled, once', async () => {
    await makeBuildable(server, 'canceled');
    const id = await startBuild(server, 'canceled');

    const canceled = await cancel(id);

    expect(canceled).toMatchObject({ state: 'canceled', message: expect.stringContaining('ada') });
    await expect(cancel(id)).rejects.toMatchObject({ status: 409, code: 'BUILD_STATE' });
  });

  test('can’t be retried before it has ended', async () => {
    await makeBuildable(server, 'unended');

    await expect(retry(await startBuild(server, 'unended'))).rejects.toMatchObject({ status: 409 });
  });

  test('has no log yet, and says so', async () => {
    await makeBuildable(server, 'logless');
    const id = await startBuild(server, 'logless');

    const log = server.ada.client.call(operations.log, of(id));

    await expect(log).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('waits'),
    });
  });
});

describe('a build that a builder has taken', () => {
  test('TRB-07 shows its attempts, phases and log, and a retry makes the next attempt', async () => {
    await using own = await startTestServer();
    await makeBuildable(own, 'run');
    const id = await startBuild(own, 'run');
    await using builder = connectBuilder(own);
    const { assignment } = await builder.next('assignment');
    const attempt = builder.attempt(assignment);
    await attempt.sendPhase({ event: 'start', phase: 'build', at: 1_000 });
    const line = (text: string) => ({ at: 2_000, phase: 'build', stream: 'stdout', text }) as const;
    await attempt.sendLog({ from: 0, lines: [line('one'), line('two'), line('<b>ü</b>')] });
    await attempt.sendPhase({ event: 'end', phase: 'build', at: 3_000, exitCode: 2 });
    const message = 'the build ended with 2';
    await attempt.finish({ outcome: 'failed', reason: 'build_failed', phase: 'build', message });

    const report = await own.ada.client.call(operations.show, of(id));
    const page = await own.ada.client.call(operations.log, {
      ...of(id),
      query: { from: 1, limit: 1 },
    });
    const raw = await own.ada.client.readRawLog(id);
    await own.ada.client.call(operations.retry, of(id));
    const { assignment: second } = await builder.next('assignment');
    const { items } = await own.ada.client.call(operations.list, at('run'));

    expect(items).toMatchObject([{ id, attempts: 2 }]);
    expect(report).toMatchObject({ state: 'failed', reason: 'build_failed', attempts: 1 });
    expect(report.attemptList[0]).toMatchObject({
      number: 1,
      builder: 'builder-1',
      phases: [{ name: 'build', exitCode: 2 }],
    });
    expect(page).toMatchObject({ attempt: 1, lines: [{ number: 1, text: 'two' }], next: 2 });
    expect(raw).toBe('one\ntwo\n<b>ü</b>\n');
    expect(second).toMatchObject({ buildId: id, attempt: 2, attemptId: `${id}-2` });
  });

  test('A37 answers its raw log as text that no browser runs', async () => {
    await using own = await startTestServer();
    await makeBuildable(own, 'raw');
    const id = await startBuild(own, 'raw');
    await using builder = connectBuilder(own);
    await builder.next('assignment');

    const answer = await fetch(`${own.url}/api/v1/builds/${id}/log/raw`, {
      headers: { authorization: `Bearer ${own.ada.session}` },
    });

    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  });
});

test('a push is listed with what each rule made of it', async () => {
  await makeBuildable(server, 'pushed');
  const rules = [
    { source: 'main', dockerTags: 'latest' },
    { source: 'dev', dockerTags: 'dev', autobuild: false },
  ];
  await server.ada.client.call(buildConfigurationOperations.save, {
    ...at('pushed'),
    body: { rules },
  });
  const commit = await pushSource(server, server.ada, {
    name: 'ada/pushed',
    refs: ['refs/heads/main', 'refs/heads/dev'],
  });

  const newest = async () => {
    const { items } = await server.ada.client.call(operations.deliveries, {
      ...at('pushed'),
      query: { limit: 1 },
    });
    return items[0];
  };
  await expect.poll(newest).toMatchObject({
    cause: expect.any(String),
    changes: [
      { type: 'branch', name: 'dev', commit },
      { type: 'branch', name: 'main', commit },
    ],
  });

  const verdicts = (await newest())?.verdicts ?? [];
  expect(verdicts.find(({ refName, buildId }) => refName === 'main' && buildId)).toBeDefined();
  expect(verdicts.filter(({ refName }) => refName === 'dev').every(({ text }) => text !== '')).toBe(
    true,
  );
});
