import { describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import type { Database, DialectName } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { Events } from '#platform/events';
import { createJobQueue, jobsMigrations } from '#platform/jobs';
import { Schedule } from '#platform/schedule';
import { RecordingLogger } from '#platform/telemetry/testing';
import { createSources, type Sources } from './create-sources.ts';
import { keepPoke } from './looks/poke.ts';
import type { Source, SourceName } from './source.ts';
import { putSource, requireSource } from './source-store.ts';
import { sourcesMigrations } from './sources-migrations.ts';
import { MemoryProvider } from './testing/memory-provider.ts';
import { RecordingListener } from './testing/recording-listener.ts';

const app = { provider: 'embedded', name: 'Ada/the app' } as const;
const other = { ...app, name: 'ada/other' };
const main = { type: 'branch', name: 'main', commit: 'a1' } as const;
const release = { type: 'tag', name: 'v1', commit: 'a1' } as const;

const seconds = 1_000;
const migrations = [...jobsMigrations, ...sourcesMigrations];

interface Fixture extends AsyncDisposable {
  readonly database: Database;
  readonly clock: TestClock;
  readonly logger: RecordingLogger;
  readonly provider: MemoryProvider;
  readonly listener: RecordingListener;
  readonly sources: Sources;
  readonly source: Source;
  link(name: SourceName): Promise<Source>;
  /** Another server over the same database. */
  anotherServer(): Sources;
  startDuties(): void;
}

async function openFixture(
  dialect: DialectName,
  provider = new MemoryProvider(),
): Promise<Fixture> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await openTestDatabase(dialect, migrations));
  const listener = new RecordingListener();
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const ids = systemIds;
  const createServer = () =>
    createSources({
      database,
      clock,
      ids,
      events: new Events({ database, ids, clock, logger }),
      providers: { embedded: provider },
      listener,
      logger,
    });
  const sources = opened.use(createServer());
  const link = async (name: SourceName) => {
    await sources.prepare(name);
    return database.transact((tx) => putSource(tx, { ...name, createdAt: clock.now() }));
  };
  const source = await link(app);
  const kept = opened.move();
  return {
    database,
    clock,
    logger,
    provider,
    listener,
    sources,
    source,
    link,
    anotherServer: () => kept.use(createServer()),
    startDuties: () => {
      const schedule = kept.use(new Schedule({ clock, logger }));
      schedule.add(...sources.duties);
      schedule.start();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
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

/** The queue as another server has it. */
const lookQueue = createJobQueue('looks');

/** Whoever waits for a look goes on before its job has ended. */
async function runningLooks(database: Database, { id }: Source): Promise<number | undefined> {
  return (await database.read((tx) => lookQueue.group(tx, String(id))))?.running;
}

/** What another server does with a lease that has expired. */
async function loseLease(database: Database, now: number): Promise<void> {
  const held = await database.read((tx) => lookQueue.listExpired(tx, Number.MAX_SAFE_INTEGER));
  for (const lease of held) await database.transact((tx) => lookQueue.release(tx, lease, now));
}

function manyTags(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    type: 'tag' as const,
    name: `v${String(index).padStart(5, '0')}`,
    commit: `c${index}`,
  }));
}

describe.each(testDialects)('sources on %s', (dialect) => {
  test('a source is linked once under the text that its provider knows it by', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source } = fixture;

    const [again, another] = await Promise.all([fixture.link(app), fixture.link(other)]);

    const createdAt = fixture.clock.now();
    expect(source).toMatchObject({ ...app, defaultBranch: undefined, createdAt });
    expect(again).toEqual(source);
    expect(another.id).not.toBe(source.id);
    expect(await sources.find(app)).toEqual(source);
    const get = (id: number) => fixture.database.read((tx) => requireSource(tx, id));
    expect(await get(source.id)).toEqual(source);
    expect(await sources.find({ ...app, name: 'ada/the app' })).toBeUndefined();
    await expect(get(999)).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });

  test('SET-31 each push is a kept delivery with its changes, in ascending places of the ref log', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener, clock } = fixture;
    provider.refs = [main, release];
    await sources.observe(source.id, { cause: 'push', pushedBy: 'ada' });
    provider.refs = [{ ...main, commit: 'b2' }];
    await sources.observe(source.id, { cause: 'push', pushedBy: 'eve' });

    const [second, first] = await sources.listDeliveries(source.id, { limit: 10 });

    const receivedAt = clock.now();
    expect(first).toMatchObject({ pushedBy: 'ada', receivedAt, changes: [main, release] });
    expect(second).toMatchObject({ pushedBy: 'eve', state: 'done' });
    expect(second?.changes).toEqual([
      { seq: expect.any(Number), type: 'branch', name: 'main', commit: 'b2' },
      { seq: expect.any(Number), type: 'tag', name: 'v1' },
    ]);
    const places = [first, second].flatMap((delivery) => delivery?.changes.map(({ seq }) => seq));
    expect(places).toEqual(places.toSorted((one, other) => Number(one) - Number(other)));
    expect(listener.changes).toMatchObject(
      [first, second].flatMap((delivery) => delivery?.changes ?? []),
    );
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
    const observed = await fixture.database.read((tx) => requireSource(tx, source.id));
    expect(observed.defaultBranch).toBe('main');
  });

  test('a tag that was deleted and pushed again between two looks is told as both, once', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = [main, release];
    await sources.observe(source.id, { cause: 'push' });
    const before = listener.changes.length;

    await sources.observe(source.id, { cause: 'push', deleted: [release] });
    await sources.observe(source.id, { cause: 'push' });

    expect(listener.changes.slice(before)).toMatchObject([{ type: 'tag', name: 'v1' }, release]);
    expect(listener.changes[before]).not.toHaveProperty('commit');
  });

  test('a delivery is kept before anybody looks', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    const { reached, open } = holdReads(provider);
    const push = sources.observe(source.id, { cause: 'push', pushedBy: 'ada' });
    await reached;

    const before = await sources.listDeliveries(source.id, { limit: 10 });
    open();
    await push;

    expect(before).toMatchObject([{ state: 'received', pushedBy: 'ada', changes: [] }]);
    expect(await sources.listDeliveries(source.id, { limit: 10 })).toMatchObject([
      { state: 'done' },
    ]);
  });

  test('a look that fails is told, and tried again after a pause until it succeeds', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener, clock, logger } = fixture;
    provider.refs = [main];
    provider.isBroken = true;
    const push = sources.observe(source.id, { cause: 'push', pushedBy: 'ada' });
    await expect(push).rejects.toMatchObject({ code: 'LOOK_FAILED', message: 'the disk is gone' });
    const [failed] = await sources.listDeliveries(source.id, { limit: 10 });
    await expect.poll(() => logger.failures).toHaveLength(1);
    provider.isBroken = false;

    await clock.awaited(1 * seconds);
    clock.advance(5 * seconds);
    await expect.poll(() => listener.changes).toHaveLength(1);

    expect(failed).toMatchObject({ state: 'received', error: 'the disk is gone', changes: [] });
    await expect
      .poll(() => sources.listDeliveries(source.id, { limit: 10 }))
      .toEqual([expect.not.objectContaining({ error: expect.anything() })]);
    expect(logger.failures).toMatchObject([{ message: 'a job failed; it is tried again' }]);
  });

  test('a push looks at once, however long the source was to rest', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, logger } = fixture;
    provider.isBroken = true;
    await expect(sources.observe(source.id, { cause: 'push', pushedBy: 'ada' })).rejects.toThrow();
    await expect.poll(() => logger.failures).toHaveLength(1);
    provider.isBroken = false;
    provider.refs = [main];

    await sources.observe(source.id, { cause: 'push', pushedBy: 'eve' });

    const deliveries = await sources.listDeliveries(source.id, { limit: 10 });
    expect(deliveries).toMatchObject([
      { pushedBy: 'eve', state: 'done', changes: [] },
      { pushedBy: 'ada', state: 'done', changes: [main] },
    ]);
  });

  test('a source that can not be read keeps no other one waiting', async () => {
    const provider = new MemoryProvider();
    await using fixture = await openFixture(dialect, provider);
    const { sources, source, listener } = fixture;
    const second = await fixture.link(other);
    provider.refs = [main];
    const { reached, open } = holdReads(provider);
    const stuck = sources.observe(source.id, { cause: 'push' });
    await reached;
    provider.beforeRead = async () => undefined;

    await sources.observe(second.id, { cause: 'push' });

    expect(listener.steps).toMatchObject([{ sourceId: second.id }]);
    provider.isBroken = true;
    open();
    await expect(stuck).rejects.toMatchObject({ code: 'LOOK_FAILED' });
  });

  test('what was recorded stays when the listener fails, and is taken up later', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = [main];
    listener.failure = new Error('the rules are broken');
    const push = sources.observe(source.id, { cause: 'push' });
    await expect(push).rejects.toThrow('rules are broken');
    expect(await sources.listRefs(source.id)).toMatchObject([main]);
    expect(await sources.listDeliveries(source.id, { limit: 1 })).toMatchObject([
      { state: 'recorded', error: 'the rules are broken' },
    ]);
    listener.failure = undefined;

    await sources.observe(source.id, { cause: 'manual' });

    expect(listener.steps).toMatchObject([{ deliveryId: 1, changes: [main] }]);
  });

  test('the listener takes up a delivery step by step, each change once', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = manyTags(450);
    listener.most = 120;

    await sources.observe(source.id, { cause: 'push' });

    const sizes = listener.steps.map(({ changes }) => changes.length);
    expect(sizes).toEqual([120, 120, 120, 90]);
    expect(listener.changes.map(({ name }) => name)).toEqual(provider.refs.map(({ name }) => name));
  });

  test('a listener that fails halfway goes on where it stopped', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener } = fixture;
    provider.refs = manyTags(30);
    listener.most = 10;
    const takeUp = listener.takeUp.bind(listener);
    listener.takeUp = async (tx, given) => {
      if (listener.steps.length === 2) listener.failure = new Error('out of order');
      return takeUp(tx, given);
    };
    await expect(sources.observe(source.id, { cause: 'push' })).rejects.toThrow('out of order');
    listener.takeUp = takeUp;
    listener.failure = undefined;

    await sources.observe(source.id, { cause: 'manual' });

    expect(listener.steps).toHaveLength(3);
    expect(listener.changes.map(({ name }) => name)).toEqual(provider.refs.map(({ name }) => name));
  });

  test('a source that can not be read loses none of its refs', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    provider.refs = [main];
    await sources.observe(source.id, { cause: 'push' });
    provider.isBroken = true;

    const look = sources.observe(source.id, { cause: 'timer' });

    await expect(look).rejects.toMatchObject({ code: 'LOOK_FAILED' });
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
    const others: Promise<void>[] = [];
    for (const pushedBy of ['ada', 'eve', 'kim']) {
      others.push(sources.observe(source.id, { cause: 'push', pushedBy }));
      const listed = () => sources.listDeliveries(source.id, { limit: 10 });
      await expect.poll(listed).toHaveLength(others.length);
    }

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

  test('a server that lost its lease while it read records nothing', async () => {
    await using fixture = await openFixture(dialect);
    const { database, sources, source, provider, listener, clock } = fixture;
    provider.refs = [main];
    const { reached, open } = holdReads(provider);
    const push = sources.observe(source.id, { cause: 'push' });
    await reached;
    provider.beforeRead = async () => undefined;
    provider.refs = [{ ...main, commit: 'b2' }];

    await loseLease(database, clock.now());
    clock.advance(1 * seconds);
    await expect.poll(() => listener.changes).toHaveLength(1);
    open();
    await push;
    await sources[Symbol.asyncDispose]();

    expect(listener.changes).toMatchObject([{ commit: 'b2' }]);
    expect(await sources.listRefs(source.id)).toMatchObject([{ commit: 'b2' }]);
  });

  test('servers that are told of the same source look one after the other', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener, clock } = fixture;
    const second = fixture.anotherServer();
    let looking = 0;
    let most = 0;
    provider.beforeRead = async () => {
      looking += 1;
      most = Math.max(most, looking);
      await new Promise((resolve) => setImmediate(resolve));
      looking -= 1;
    };

    for (let round = 0; round < 10; round += 1) {
      provider.refs = [{ ...main, commit: `c${round}` }];
      let answers = 0;
      for (const server of [sources, second]) {
        void server.observe(source.id, { cause: 'push' }).then(() => (answers += 1));
      }
      // On SQLite neither server hears of the other, so both have to ask.
      await expect.poll(() => (clock.advance(1 * seconds), answers)).toBe(2);
    }

    expect(most).toBe(1);
    expect(listener.changes.map(({ commit }) => commit)).toEqual(
      Array.from({ length: 10 }, (_, round) => `c${round}`),
    );
    expect(await second.listRefs(source.id)).toMatchObject([{ commit: 'c9' }]);
  });

  test('a push waits for its look, whichever server has a hand free for it', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider, listener, clock } = fixture;
    fixture.anotherServer();
    const gate = Promise.withResolvers<void>();
    provider.beforeRead = (name) => (name === app.name ? Promise.resolve() : gate.promise);
    const done: string[] = [];
    const push = async ({ id, name }: Source) => {
      await sources.observe(id, { cause: 'push' });
      done.push(name);
    };
    for (const name of ['a', 'b', 'c', 'd']) void push(await fixture.link({ ...app, name }));
    await expect.poll(() => provider.looks).toBe(4);
    provider.refs = [main];
    void push(source);
    await expect
      .poll(() => sources.listDeliveries(source.id, { limit: 1 }))
      .toMatchObject([{ state: 'received' }]);

    // The servers hear nothing of each other here: the other one asks, and so does who waits.
    const tick = () => (clock.advance(1 * seconds), done);
    await expect.poll(tick).toEqual([app.name]);

    expect(listener.steps).toMatchObject([{ sourceId: source.id, changes: [main] }]);
    gate.resolve();
    await expect.poll(tick).toHaveLength(5);
  });

  test('a delivery that a server kept and died over is looked into by the next one', async () => {
    await using fixture = await openFixture(dialect);
    const { database, sources, source, provider, listener, clock } = fixture;
    await sources[Symbol.asyncDispose]();
    provider.refs = [main];
    const poke = { cause: 'push', pushedBy: 'ada' } as const;
    await database.transact((tx) =>
      keepPoke(tx, { queue: lookQueue, clock }, { sourceId: source.id, poke }),
    );

    const next = fixture.anotherServer();
    await expect.poll(() => listener.changes).toMatchObject([main]);

    await expect
      .poll(() => next.listDeliveries(source.id, { limit: 10 }))
      .toMatchObject([{ pushedBy: 'ada', state: 'done', changes: [main] }]);
  });

  test('a look that a server died over is taken up by the next one', async () => {
    await using fixture = await openFixture(dialect);
    const { database, sources, source, provider, listener, clock } = fixture;
    await sources[Symbol.asyncDispose]();
    provider.refs = [main];
    const now = clock.now();
    await database.transact(async (tx) => {
      await keepPoke(
        tx,
        { queue: lookQueue, clock },
        { sourceId: source.id, poke: { cause: 'push' } },
      );
      await lookQueue.leaseNext(tx, { holder: 'dead', now, expiresAt: now + 30 * seconds });
    });

    fixture.anotherServer();
    await clock.awaited(5 * seconds);
    // Where others may be alive, only time shows who is dead.
    if (dialect === 'postgres') clock.advance(30 * seconds);
    await expect
      .poll(() => {
        if (dialect === 'postgres') clock.advance(1 * seconds);
        return listener.changes;
      })
      .toMatchObject([main]);
  });

  test('thousands of refs in one push are one delivery', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, source, provider } = fixture;
    provider.refs = manyTags(2_345);

    await sources.observe(source.id, { cause: 'push' });
    provider.refs = [];
    await sources.observe(source.id, { cause: 'push' });

    const whole = { limit: 2, changesOfEach: 5_000 };
    const [gone, made] = await sources.listDeliveries(source.id, whole);
    expect(made?.changes.map(({ name: tag }) => tag)).toHaveLength(2_345);
    expect(made?.changes.at(-1)).toMatchObject({ name: 'v02344', commit: 'c2344' });
    expect(gone?.changes.every(({ commit }) => commit === undefined)).toBe(true);
    expect(await sources.listRefs(source.id)).toEqual([]);
    const [first] = await sources.listDeliveries(source.id, { limit: 1 });
    expect(first?.changes).toEqual(gone?.changes.slice(0, 100));
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
    const second = await fixture.link(other);
    provider.refs = [main];
    provider.isBroken = true;
    provider.beforeRead = async () => {
      provider.isBroken = provider.looks < 2;
    };

    fixture.startDuties();
    await expect.poll(() => listener.steps).toHaveLength(1);

    const [delivery] = await sources.listDeliveries(second.id, { limit: 10 });
    expect(delivery).toMatchObject({ cause: 'start', changes: [main] });
  });

  test('the timer finds what no poke told of', async () => {
    await using fixture = await openFixture(dialect);
    const { database, sources, source, provider, listener, clock } = fixture;
    fixture.startDuties();
    await clock.awaited(300 * seconds);
    await expect.poll(() => runningLooks(database, source)).toBe(0);
    provider.refs = [main];

    clock.advance(300 * seconds);
    await expect.poll(() => listener.changes).toMatchObject([main]);

    const deliveries = await sources.listDeliveries(source.id, { limit: 10 });
    expect(deliveries).toMatchObject([{ cause: 'timer' }]);
  });

  test('what could not be linked is no source, and can be linked later', async () => {
    await using fixture = await openFixture(dialect);
    const { sources, provider } = fixture;
    provider.isBroken = true;
    await expect(fixture.link(other)).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });
    expect(await sources.find(other)).toBeUndefined();
    provider.isBroken = false;

    const linked = await fixture.link(other);

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
