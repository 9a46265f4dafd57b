import { expect, test } from 'vitest';
import { type Database, migrate, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { createJobQueue } from '#platform/jobs';
import { migrations } from './migrations.ts';
import { queuesById } from './queues-by-id.ts';

const insertNamespace = statement<[name: string], { id: number }>(
  "insert into namespace (name, kind, created_at) values (?, 'user', 0) returning id",
);
const insertRepository = statement<[namespaceId: number, name: string], { id: number }>(
  `insert into repository (namespace_id, name, is_private, description, created_at)
   values (?, ?, 0, '', 0) returning id`,
);
const insertBuild = statement<[jobId: number, repositoryId: number]>(
  `insert into build (job_id, repository_id, source_id, configuration_version, rule_number, rule,
                      ref_type, ref_name, commit_id, seq, tags, push, cause, state, losses,
                      created_at)
   values (?, ?, 1, 1, 1, '{}', 'branch', 'main', 'a', 1, '[]', 1, 'manual', 'pending', 0, 0)`,
);
const selectGroups = statement(
  'select queue, name, concurrency, pending, running, served_at from job_group order by running',
);
const selectLanes = statement(
  'select group_name, name, running, served_at from job_lane order by running',
);
const selectJobs = statement('select group_name, lane, state from job order by id');

const queue = createJobQueue('builds');

/** A repository `app` of a namespace that is made for it, with builds that wait as they used to. */
async function makeWaiting(database: Database, namespace: string, count: number) {
  return database.transact(async (tx) => {
    const [owner = { id: 0 }] = await tx.all(insertNamespace, namespace);
    const [repository = { id: 0 }] = await tx.all(insertRepository, owner.id, `${namespace}/app`);
    const place = { group: namespace, lane: `${namespace}/app` };
    for (let waiting = 0; waiting < count; waiting += 1) {
      const jobId = await queue.enqueue(tx, { ...place, concurrency: 4, availableAt: 0 });
      await tx.run(insertBuild, jobId, repository.id);
    }
    return { group: String(owner.id), lane: String(repository.id) };
  });
}

test.each(testDialects)(
  'builds that waited by name wait by id in the same place and turn on %s',
  async (dialect) => {
    const before = migrations.filter((step) => step !== queuesById);
    await using database = await openTestDatabase(dialect, before);
    const bob = await makeWaiting(database, 'bob', 2);
    // A namespace that is called as bob's is numbered; its name comes first, so it is served first.
    const other = await makeWaiting(database, bob.group, 1);
    const lease = { holder: 'builder-1', now: 7, expiresAt: 9 };
    await database.transact((tx) => queue.leaseNext(tx, lease));

    await migrate(database, migrations);

    const [groups, lanes, jobs] = await database.read(async (tx) => [
      await tx.all(selectGroups),
      await tx.all(selectLanes),
      await tx.all(selectJobs),
    ]);
    const waits = { pending: 2, running: 0, served_at: 0 };
    const runs = { pending: 0, running: 1, served_at: 7 };
    expect(groups).toEqual([
      { queue: 'builds', name: bob.group, concurrency: 4, ...waits },
      { queue: 'builds', name: other.group, concurrency: 4, ...runs },
    ]);
    expect(lanes).toEqual([
      { group_name: bob.group, name: bob.lane, running: 0, served_at: 0 },
      { group_name: other.group, name: other.lane, running: 1, served_at: 7 },
    ]);
    expect(jobs).toEqual([
      { group_name: bob.group, lane: bob.lane, state: 'pending' },
      { group_name: bob.group, lane: bob.lane, state: 'pending' },
      { group_name: other.group, lane: other.lane, state: 'leased' },
    ]);
  },
);
