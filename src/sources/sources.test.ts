import { describe, expect, test } from 'vitest';
import type { Database, DialectName } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { silentLogger } from '#platform/telemetry';
import { createSources, type Sources } from './create-sources.ts';
import type { Source } from './source.ts';
import { sourcesMigrations } from './sources-migrations.ts';
import { MemoryProvider } from './testing/memory-provider.ts';
import { RecordingListener } from './testing/recording-listener.ts';

const app = { provider: 'embedded', name: 'Ada/the app' } as const;
const other = { ...app, name: 'ada/other' };
const main = { type: 'branch', name: 'main', commit: 'a1' } as const;
const release = { type: 'tag', name: 'v1', commit: 'a1' } as const;

interface Fixture extends AsyncDisposable {
  readonly database: Database;
  readonly provider: MemoryProvider;
  readonly listener: RecordingListener;
  readonly sources: Sources;
  readonly source: Source;
  /** Lets so much time pass that the timer looks again. */
  wakeTimer(): void;
  /** Another server over the same database. */
  anotherServer(): Sources;
}

async function openFixture(
  dialect: DialectName,
  provider = new MemoryProvider(),
): Promise<Fixture> {
  const database = await openTestDatabase(dialect, sourcesMigrations);
  const listener = new RecordingListener();
  let wakeTimer: () => void = () => undefined;
  const sleep = (_milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) resolve();
      wakeTimer = resolve;
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const clock = { now: () => 1_000, sleep };
  const anotherServer = () =>
    createSources({
      database,
      clock,
      providers: { embedded: provider },
      listener,
      logger: silentLogger,
    });
  const sources = anotherServer();
  const source = await sources.link(app);
  return {
    database,
    provider,
    listener,
    sources,
    source,
    wakeTimer: () => wakeTimer(),
    anotherServer,
    [Symbol.asyncDispose]: async () => {
      await sources[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Lets looks begin and see the refs as they are, and go on only when opened. */
function holdReads(provider: MemoryProvider) {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  provider.beforeRead = () => {
    reached.resolve();
    return gate.promise;
  };
  return { reached: reached.promise, open: gate.resolve };
}

describe.each(testDialects)('sources on %s', (dialect) => {
  test('a source is linked once under the text that its provider knows it by', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source } = fixture;

    const [again, another] = await Promise.all([sources.link(app), sources.link(other)]);

    expect(source).toMatchObject({ ...app, defaultBranch: undefined, createdAt: 1_000 });
    expect(again).toEqual(source);
    expect(another.id).not.toBe(source.id);
    expect(await sources.find(app)).toEqual(source);
    expect(await sources.get(source.id)).toEqual(source);
    expect(await sources.find({ ...app, name: 'ada/the app' })).toBeUndefined();
    await expect(sources.get(999)).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });

  test('SET-31 each push is a kept delivery with its changes, in ascending places of the ref log', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = [main, release];
    await sources.observe(source.id, { cause: 'push', pushedBy: 'ada' });
    provider.refs = [{ ...main, commit: 'b2' }];
    await sources.observe(source.id, { cause: 'push', pushedBy: 'eve' });

    const [second, first] = await sources.listDeliveries(source.id, { limit: 10 });

    expect(first).toMatchObject({ pushedBy: 'ada', receivedAt: 1_000, changes: [main, release] });
    expect(second).toMatchObject({ pushedBy: 'eve' });
    expect(second?.changes).toEqual([
      { seq: expect.any(Number), type: 'branch', name: 'main', commit: 'b2' },
      { seq: expect.any(Number), type: 'tag', name: 'v1' },
    ]);
    const places = [first, second].flatMap((delivery) => delivery?.changes.map(({ seq }) => seq));
    expect(places).toEqual(places.toSorted((one, other) => Number(one) - Number(other)));
    expect(listener.deliveries).toEqual([first, second]);
  });

  test('the heads are what was observed last, each with its place in the ref log', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    provider.refs = [main, release];
    await sources.observe(source.id, { cause: 'push' });
    provider.refs = [{ ...main, commit: 'b2' }];
    await sources.observe(source.id, { cause: 'push' });

    const [delivery] = await sources.listDeliveries(source.id, { limit: 1 });

    const head = { ...main, commit: 'b2', seq: delivery?.changes[0]?.seq };
    expect(await sources.listRefs(source.id)).toEqual([head]);
    expect(await sources.findRef(source.id, main)).toEqual(head);
    expect(await sources.findRef(source.id, release)).toBeUndefined();
    expect((await sources.get(source.id)).defaultBranch).toBe('main');
  });

  test('when the listener fails nothing is recorded, and the next look tells it again', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = [main];
    listener.failure = new Error('the rules are broken');
    await expect(sources.observe(source.id, { cause: 'push' })).rejects.toThrow('rules are broken');
    expect(await sources.listRefs(source.id)).toEqual([]);
    listener.failure = undefined;

    await sources.observe(source.id, { cause: 'timer' });

    expect(listener.deliveries).toMatchObject([{ cause: 'timer', changes: [main] }]);
  });

  test('a source that can not be read loses none of its refs', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    provider.refs = [main];
    await sources.observe(source.id, { cause: 'push' });
    provider.isBroken = true;

    const look = sources.observe(source.id, { cause: 'timer' });

    await expect(look).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    expect(await sources.listRefs(source.id)).toHaveLength(1);
  });

  test('our own looks that find nothing leave no delivery, a push that changed nothing does', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source } = fixture;

    await sources.observe(source.id, { cause: 'timer' });
    await sources.observe(source.id, { cause: 'push', pushedBy: 'ada' });

    const deliveries = await sources.listDeliveries(source.id, { limit: 10 });
    expect(deliveries).toMatchObject([{ cause: 'push', changes: [] }]);
  });

  test('pokes that come during a look share the next one, and each push keeps its delivery', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    const { reached, open } = holdReads(provider);
    const first = sources.observe(source.id, { cause: 'timer' });
    await reached;
    provider.refs = [main];
    const others = ['ada', 'eve', 'kim'].map((pushedBy) =>
      sources.observe(source.id, { cause: 'push', pushedBy }),
    );

    open();
    await Promise.all([first, ...others]);

    expect(provider.looks).toBe(2);
    const deliveries = await sources.listDeliveries(source.id, { limit: 10 });
    expect(deliveries.map(({ pushedBy, changes }) => [pushedBy, changes.length])).toEqual([
      ['kim', 0],
      ['eve', 0],
      ['ada', 1],
    ]);
  });

  test('what a server read before another one recorded is read again', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    const slowServer = fixture.anotherServer();
    provider.refs = [main];
    const { reached, open } = holdReads(provider);
    const slow = slowServer.observe(source.id, { cause: 'push' });
    await reached;
    provider.beforeRead = async () => undefined;
    provider.refs = [{ ...main, commit: 'b2' }];
    await sources.observe(source.id, { cause: 'push' });

    open();
    await slow;

    const told = listener.deliveries.flatMap(({ changes }) => changes.map(({ commit }) => commit));
    expect(told).toEqual(['b2']);
    expect(await sources.listRefs(source.id)).toMatchObject([{ commit: 'b2' }]);
  });

  test('thousands of refs in one push are one delivery', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    provider.refs = Array.from({ length: 2_345 }, (_, index) => ({
      type: 'tag',
      name: `v${String(index).padStart(5, '0')}`,
      commit: `c${index}`,
    }));

    await sources.observe(source.id, { cause: 'push' });
    provider.refs = [];
    await sources.observe(source.id, { cause: 'push' });

    const [gone, made] = await sources.listDeliveries(source.id, { limit: 2 });
    expect(made?.changes.map(({ name: tag }) => tag)).toHaveLength(2_345);
    expect(made?.changes.at(-1)).toMatchObject({ name: 'v02344', commit: 'c2344' });
    expect(gone?.changes.every(({ commit }) => commit === undefined)).toBe(true);
    expect(await sources.listRefs(source.id)).toEqual([]);
  });

  test('deliveries are listed in pages, the newest first', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source } = fixture;
    for (const pushedBy of ['ada', 'eve', 'kim']) {
      await sources.observe(source.id, { cause: 'push', pushedBy });
    }

    const page = await sources.listDeliveries(source.id, { limit: 2 });
    const rest = await sources.listDeliveries(source.id, { limit: 2, before: page[1]?.id ?? 0 });

    expect(page.map(({ pushedBy }) => pushedBy)).toEqual(['kim', 'eve']);
    expect(rest.map(({ pushedBy }) => pushedBy)).toEqual(['ada']);
  });

  test('a source that is not there can not be observed', async () => {
    await using fixture = await openFixture(dialect);

    const look = fixture.sources.observe(999, { cause: 'manual' });

    await expect(look).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });

  test('the start looks at every source and goes on past one that can not be read', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, provider, listener } = fixture;
    const second = await sources.link(other);
    provider.refs = [main];
    provider.isBroken = true;
    provider.beforeRead = async () => {
      provider.isBroken = provider.looks < 2;
    };

    sources.start();
    await expect.poll(() => listener.deliveries).toHaveLength(1);

    expect(listener.deliveries).toMatchObject([{ sourceId: second.id, cause: 'start' }]);
  });

  test('the timer finds what no poke told of', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, provider, listener } = fixture;
    sources.start();
    await expect.poll(() => provider.looks).toBe(1);
    provider.refs = [main];

    await expect.poll(() => (fixture.wakeTimer(), listener.deliveries)).toHaveLength(1);

    expect(listener.deliveries).toMatchObject([{ cause: 'timer', changes: [main] }]);
  });

  test('what could not be linked is no source, and can be linked later', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, provider } = fixture;
    provider.isBroken = true;
    await expect(sources.link(other)).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });
    expect(await sources.find(other)).toBeUndefined();
    provider.isBroken = false;

    const linked = await sources.link(other);

    expect(await sources.find(other)).toEqual(linked);
  });

  test('what a provider can not do is refused by name, whatever its kind', async () => {
    await using fixture = await openFixture(dialect, new MemoryProvider({}));
    const { sources, source } = fixture;

    const refusal = { code: 'PROVIDER_UNABLE', message: expect.stringContaining(app.name) };
    await expect(sources.observe(source.id, { cause: 'push' })).rejects.toMatchObject(refusal);
    await expect(sources.cloneAccess(source.id)).rejects.toMatchObject(refusal);
  });

  test('access to a clone is what the provider gives', async () => {
    await using fixture = await openFixture(dialect);

    const access = await fixture.sources.cloneAccess(fixture.source.id);

    expect(access).toEqual({ kind: 'gateway', path: `/memory/${app.name}` });
  });
});
