import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import type { Builds } from '../create-builds.ts';
import {
  BuildsFixture,
  commit,
  type FixtureOptions,
  repositoryName,
  rule,
  source,
} from '../testing/builds-fixture.ts';

describe.each(testDialects)('planning in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect, { pending: 3, concurrency: 2 });
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const reopen = async (options: FixtureOptions) => {
    await room[Symbol.asyncDispose]();
    room = await BuildsFixture.open(dialect, options);
  };
  /** As sources do; gives how many changes each step took. */
  const pushInSteps = async (
    names: readonly string[],
    server: () => Builds | Promise<Builds> = () => room.builds,
  ) => {
    const changes = room.changesOf(...names.map((name) => ({ name, commit: commit('a') })));
    const deliveryId = room.keepDelivery(changes);
    const steps: number[] = [];
    for (let rest = changes; rest.length > 0; rest = rest.slice(steps.at(-1))) {
      const step = { sourceId: room.sourceId, deliveryId, changes: rest.slice(0, 200) };
      const { planner } = await server();
      steps.push(await room.database.transact((tx) => planner.takeUp(tx, step)));
    }
    return { deliveryId, steps };
  };
  const outcomesOf = async (delivery: number) =>
    (await room.verdictsOf(delivery)).map(({ outcome }) => outcome);

  test('SET-57 AUT-07 each push to a listed branch is a build of its commit', async () => {
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));
    const second = await room.pushBranch('main', commit('b'));

    const builds = await room.listBuilds();

    expect(builds.map(({ ref }) => ref.commit)).toEqual([commit('b'), commit('a')]);
    expect(builds.map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect(await room.verdictsOf(second)).toEqual([
      {
        refType: 'branch',
        refName: 'main',
        rule: 1,
        outcome: 'build',
        text: 'rule 1: main matched, build 2',
        buildId: 2,
      },
    ]);
  });

  test('SET-32 a push to a branch that no rule lists is kept with the reason', async () => {
    await room.configure([{}]);

    const delivery = await room.pushBranch('dev', commit('a'));

    expect(await room.listBuilds()).toEqual([]);
    expect(await room.verdictsOf(delivery)).toEqual([
      {
        refType: 'branch',
        refName: 'dev',
        outcome: 'no_match',
        text: 'branch dev matches no rule',
      },
    ]);
  });

  test('SET-58 a pushed git tag is built as one', async () => {
    await room.configure([{ sourceType: 'tag', source: '/^v([0-9.]+)$/', dockerTags: '{\\1}' }]);

    await room.push({ type: 'tag', name: 'v1.0', commit: commit('a') });

    expect(await room.listBuilds()).toMatchObject([
      { ref: { type: 'tag', name: 'v1.0' }, tags: ['1.0'], push: true },
    ]);
  });

  test('every rule that matches builds, each by itself', async () => {
    await room.configure([{}, { dockerTags: 'alpine', dockerfile: 'Dockerfile.alpine' }]);

    const delivery = await room.pushBranch('main', commit('a'));

    expect((await room.listBuilds()).map(({ tags }) => tags)).toEqual([['alpine'], ['latest']]);
    expect(await outcomesOf(delivery)).toEqual(['build', 'build']);
  });

  test('SET-21 with autobuild off and autotest on a branch is built for its tests only', async () => {
    await room.configure([{ autobuild: false }], 'internal');

    const delivery = await room.pushBranch('main', commit('a'));

    expect(await room.listBuilds()).toMatchObject([{ push: false }]);
    expect(await outcomesOf(delivery)).toEqual(['test']);
  });

  test('SET-22 with both off nothing is built, and the verdict says so', async () => {
    await room.configure([{ autobuild: false }]);

    const delivery = await room.pushBranch('main', commit('a'));

    expect(await room.listBuilds()).toEqual([]);
    expect(await room.verdictsOf(delivery)).toMatchObject([
      { outcome: 'off', text: 'rule 1: main matched, but autobuild and autotest are off' },
    ]);
  });

  test('a deleted ref builds nothing', async () => {
    await room.configure([{}]);

    const delivery = await room.push({ type: 'branch', name: 'main' });

    expect(await room.listBuilds()).toEqual([]);
    expect(await outcomesOf(delivery)).toEqual(['deleted']);
  });

  test('a tag that would not be valid is a verdict', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);

    const delivery = await room.pushBranch('.hidden', commit('a'));

    expect(await room.verdictsOf(delivery)).toMatchObject([
      { outcome: 'invalid_tag', text: expect.stringContaining('".hidden" is no valid tag') },
    ]);
  });

  test('what a rule built last for a ref is not built again by itself, unless the configuration changed', async () => {
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));
    const again = await room.pushBranch('main', commit('a'));
    await room.configure([{}], 'internal');
    const changed = await room.pushBranch('main', commit('a'));

    expect(await outcomesOf(again)).toEqual(['duplicate']);
    expect(await outcomesOf(changed)).toEqual(['build']);
  });

  test('a branch that is set back is built again', async () => {
    await room.configure([{}]);
    for (const letter of ['a', 'b', 'a']) await room.pushBranch('main', commit(letter));

    expect((await room.listBuilds()).map(({ ref }) => ref.commit)).toEqual([
      commit('a'),
      commit('b'),
      commit('a'),
    ]);
  });

  test('several repositories may be built from one source', async () => {
    await room.configure([{}]);
    const { name: other } = await room.repositories.create(room.acme, { name: 'acme/other' });
    const input = { source, autotest: 'off', variables: [] } as const;
    await room.builds.configurations.save(room.acme, other, input);

    await room.pushBranch('main', commit('a'));

    expect(await room.listBuilds()).toHaveLength(1);
    expect(await room.builds.history.list(room.acme, other, { limit: 9 })).toHaveLength(1);
  });

  test('a push of many refs is planned in steps, each ref once', async () => {
    await room.configure([{}]);
    const names = Array.from({ length: 450 }, (_, index) => `dev-${index}`);

    const { deliveryId, steps } = await pushInSteps(names);

    expect(steps).toEqual([194, 194, 62]);
    expect((await room.verdictsOf(deliveryId)).map(({ refName }) => refName)).toEqual(names);
  });

  test('A34 one ref that a hundred rules match is planned in steps, each rule once, by any server', async () => {
    await reopen({ pending: 500, perPush: 500 });
    await room.configure(Array.from({ length: 100 }, (_, index) => ({ dockerTags: `t${index}` })));

    const { deliveryId, steps } = await pushInSteps(['main', 'dev'], () => room.openServer());

    expect(steps.filter((taken) => taken === 0).length).toBeGreaterThan(3);
    const verdicts = await room.verdictsOf(deliveryId);
    expect(verdicts.map(({ rule }) => rule)).toEqual([
      ...Array.from({ length: 100 }, (_, index) => index + 1),
      undefined,
    ]);
    expect(verdicts.at(-1)?.text).toBe('branch dev matches no rule');
    expect(await room.listBuilds()).toHaveLength(100);
  });

  test('rules that are edited between two steps decide once, and a new one as well', async () => {
    await reopen({ pending: 500, perPush: 500 });
    await room.configure(Array.from({ length: 50 }, (_, index) => ({ dockerTags: `t${index}` })));
    const { configurations } = room.builds;
    let edits = 0;
    const edit = async () => {
      edits += 1;
      if (edits !== 2) return room.builds;
      await configurations.removeRule(room.acme, repositoryName, 1);
      await configurations.removeRule(room.acme, repositoryName, 50);
      await configurations.addRule(room.acme, repositoryName, rule({ dockerTags: 'added' }));
      return room.builds;
    };

    const { deliveryId } = await pushInSteps(['main'], edit);

    const decided = (await room.verdictsOf(deliveryId)).map(({ rule: number }) => number);
    expect(decided).toEqual([...Array.from({ length: 49 }, (_, index) => index + 1), 51]);
  });

  test('A34 a push starts so many builds of a repository, says what it leaves out, and the next one builds again', async () => {
    await reopen({ pending: 3, perPush: 4 });
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);

    const { deliveryId } = await pushInSteps(['a', 'b', 'c', 'd', 'e', 'f']);
    for (let turn = 0; turn < 9; turn += 1) {
      await room.tryLease();
      await room.tick();
    }
    await room.pushBranch('g', commit('g'));

    expect(await outcomesOf(deliveryId)).toEqual([
      'build',
      'build',
      'build',
      'queue_full',
      'too_many',
      // The ref that waited for room.
      'build',
    ]);
    expect((await room.verdictsOf(deliveryId))[4]?.text).toBe(
      'more than 4 builds of one push: branch e and what comes after it in this push is not built; push again in smaller parts, or start builds by hand',
    );
    expect((await room.listBuilds()).map(({ ref }) => ref.name)).toEqual(['g', 'd', 'c', 'b', 'a']);
  });

  test('a push of very many refs keeps so many verdicts, and those of its builds', async () => {
    await room.configure([{ source: 'zuletzt' }]);
    const names = Array.from({ length: 600 }, (_, index) => `dev-${index}`);

    const { deliveryId } = await pushInSteps([...names, 'zuletzt']);

    const verdicts = await room.verdictsOf(deliveryId);
    expect(verdicts).toHaveLength(502);
    expect(verdicts[500]).toMatchObject({
      outcome: 'too_many',
      text: expect.stringMatching(/^more than 500 verdicts of one push/),
    });
    expect(verdicts[501]?.outcome).toBe('build');
    const [listed] = await room.builds.history.deliveries(room.acme, repositoryName, { limit: 1 });
    expect(listed?.verdicts).toHaveLength(100);
    expect(listed?.verdicts.slice(-2)).toEqual(verdicts.slice(500));
    expect(listed?.isCut).toBe(true);
  });

  test('a repository that can not be planned keeps none of the others, and is tried again', async () => {
    await room.configure([{}]);
    await room.database.transact((tx) =>
      tx.run(
        statement(`insert into build_configuration
          (repository_id, source_id, autotest, version, created_at, updated_at)
          values (999, ${room.sourceId}, 'off', 1, 0, 0)`),
      ),
    );

    const delivery = await room.pushBranch('main', commit('a'));
    await room.runDuties();
    await room.runDuties();

    expect(await outcomesOf(delivery)).toEqual(['build']);
    const failed = await room.database.read((tx) =>
      tx.all(statement('select outcome, text from verdict where repository_id = 999')),
    );
    expect(failed).toEqual([
      {
        outcome: 'failed',
        text: 'the rules could not be asked: there never was a repository 999; it is tried again by itself',
      },
    ]);
    const duties = room.logger.failures.map(
      ({ fields }) => fields['item'] ?? fields['repositoryId'],
    );
    expect(duties).toEqual([999, 'branch main of repository 999']);
  });

  test('a repository that was deleted is not planned any more, and its settings go', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c', 'd']) await room.pushBranch(name, commit(name));
    await room.repositories.delete(room.acme, repositoryName);

    await room.pushBranch('e', commit('e'));
    await room.lease();
    await room.tick();

    const count = async (table: string) =>
      room.database.read((tx) => tx.all(statement(`select count(*) as count from ${table}`)));
    expect(await count('build')).toEqual([{ count: 3 }]);
    for (const table of ['build_configuration', 'build_rule', 'discarded_ref']) {
      expect(await count(table)).toEqual([{ count: 0 }]);
    }
  });

  test('A34 AUT-22 AUT-23 a full queue discards visibly', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c']) await room.pushBranch(name, commit(name));

    const delivery = await room.pushBranch('d', commit('d'));

    expect(await room.listBuilds()).toHaveLength(3);
    expect(await room.verdictsOf(delivery)).toMatchObject([
      { outcome: 'queue_full', text: 'queue full: 3 builds of the namespace are waiting' },
    ]);
  });

  test('A34 AUT-22 pushes that come at the same moment do not overfill the queue', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);

    await Promise.all(
      Array.from({ length: 8 }, (_, index) => room.pushBranch(`b${index}`, commit(`${index}`))),
    );

    expect(await room.listBuilds()).toHaveLength(3);
  });

  test('A34 AUT-23 a build started by hand is refused by a full queue', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c']) await room.pushBranch(name, commit(name));

    const start = room.builds.start(room.acme, repositoryName, {
      ref: { type: 'branch', name: 'a' },
      cause: 'manual',
    });

    await expect(start).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      message: 'queue full: 3 builds of the namespace are waiting; cancel some or wait',
    });
  });

  test('A34 of what a full queue refused the newest head is planned when there is room again', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c', 'd']) await room.pushBranch(name, commit(name));
    const newest = await room.pushBranch('d', commit('e'));
    await room.tick();
    const whileFull = await room.listBuilds();

    await room.lease();
    await room.tick();
    await room.tick();

    expect(whileFull).toHaveLength(3);
    expect((await room.listBuilds())[0]).toMatchObject({ ref: { name: 'd', commit: commit('e') } });
    expect(await room.listBuilds()).toHaveLength(4);
    expect(await outcomesOf(newest)).toEqual(['queue_full', 'build']);
  });

  test('discarded refs of a queue that is full keep no others from their turn', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await room.pushBranch(name, commit(name));
    const namesToPlan = async () => {
      const names: string[] = [];
      for await (const { ref } of room.builds.planner.listDiscarded()) names.push(ref.name);
      return names;
    };

    const whileFull = await namesToPlan();
    await room.lease();

    expect(whileFull).toEqual([]);
    expect(await namesToPlan()).toEqual(['d', 'e']);
  });

  test('refs of a full namespace that wait keep no other namespace from its turn, however many they are', async () => {
    await reopen({ pending: 3, perPush: 500 });
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    const bob = await room.addPerson('bob');
    const rules = [rule({ source: '/.*/', dockerTags: '{sourceref}' })];
    const { name } = await room.repositories.create(bob, { name: 'bob/app' });
    const settings = { autotest: 'off', variables: [], rules } as const;
    const { source: its } = await room.builds.configurations.save(bob, name, settings);
    await pushInSteps(Array.from({ length: 120 }, (_, index) => `acme-${index}`));
    const changes = room.changesOf(
      ...['w', 'x', 'y', 'z'].map((ref) => ({ name: ref, commit: commit(ref) })),
    );
    const step = { sourceId: its.id, deliveryId: room.keepDelivery(changes), changes };
    await room.database.transact((tx) => room.builds.planner.takeUp(tx, step));
    const listBobs = () => room.builds.history.list(bob, name, { limit: 9 });
    await room.builds.cancel(bob, (await listBobs())[0]?.id ?? 0);

    await room.tick();

    expect((await listBobs()).map(({ ref }) => ref.name)).toEqual(['z', 'y', 'x', 'w']);
    expect(await room.listBuilds()).toHaveLength(3);
  });

  test('a discarded ref that is gone meanwhile is forgotten', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    for (const name of ['a', 'b', 'c', 'd']) await room.pushBranch(name, commit(name));
    await room.push({ type: 'branch', name: 'd' });

    await room.lease();
    await room.tick();

    expect(await room.listBuilds()).toHaveLength(3);
  });
});

describe.each(testDialects)('builds started by hand in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const start = (name?: string) =>
    room.builds.start(room.acme, repositoryName, {
      ...(name === undefined ? {} : { ref: { type: 'branch', name } }),
      cause: 'manual',
    });

  test('SET-29 without a ref every literal rule builds the newest commit of its ref', async () => {
    await room.pushBranch('main', commit('a'));
    await room.configure([
      { autobuild: false },
      { source: 'gone', dockerTags: 'gone' },
      { source: '/.*/', dockerTags: '{sourceref}' },
    ]);

    const started = await start();

    expect(started).toEqual({ builds: [1], notes: ['acme/app has no branch gone'] });
    expect(await room.listBuilds()).toMatchObject([
      { cause: 'manual', startedBy: 'acme', push: true, ref: { commit: commit('a') } },
    ]);
  });

  test('a ref is built by all rules that match it, as often as asked', async () => {
    await room.configure([{}, { source: '/^ma/', dockerTags: '{sourceref}' }]);
    await room.pushBranch('main', commit('a'));

    const started = await start('main');

    expect(started).toEqual({ builds: [3, 4], notes: [] });
  });

  test('a ref that no rule matches starts nothing and says so', async () => {
    await room.configure([{}]);
    await room.pushBranch('dev', commit('a'));

    expect(await start('dev')).toEqual({ builds: [], notes: ['branch dev matches no rule'] });
  });

  test('without a literal rule one has to say which ref', async () => {
    await room.configure([{ source: '/.*/' }]);

    expect((await start()).notes).toEqual([
      'no rule names one branch or tag; say which ref to build',
    ]);
  });

  test('a ref that is not there, and a repository that is not set up, are named', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'CONFIGURATION_UNKNOWN' });
    await room.configure([{}]);
    await expect(start('gone')).rejects.toMatchObject({ code: 'REF_UNKNOWN' });
  });
});
