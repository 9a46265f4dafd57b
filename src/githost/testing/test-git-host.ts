import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, parseRepositoryName, type RepositoryName, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import { openTestDatabase } from '#platform/db/testing';
import { startHttpServer } from '#platform/http';
import { silentLogger } from '#platform/telemetry';
import { createGitHost, type GitHost, type GitRefs } from '../create-git-host.ts';
import { githostMigrations } from '../githost-migrations.ts';
import { createGitHandler, type GitLimits } from '../http/create-git-handler.ts';
import type { FirstPush, GitAccess, GitAccessDecision, GitAction } from '../http/git-access.ts';
import type { Push } from '../http/take-push.ts';

export interface TestGitHost extends AsyncDisposable {
  readonly repositories: GitHost;
  /** What the host told of, in order, each with the refs that were read then, as sources do. */
  readonly pushes: readonly (Omit<Push, 'repository'> & GitRefs)[];
  readonly origin: string;
  /** The address of a repository, with a person's credential in it. */
  urlOf(name: string, person?: TestPerson): string;
}

/** `ada` may do everything below `ada/`, `eve` reads what does not lie below `ada/private`. */
const testPeople = { ada: 'ada-password', eve: 'eve-password' } as const;
type TestPerson = keyof typeof testPeople;

export interface TestGitHostOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<GitLimits>;
}

const testLimits: GitLimits = { processes: 16, pushBytes: 64 * 1024 ** 2, refs: 10_000 };

/** The git host alone, on SQLite and files, for two people; `ada/app` is there. */
export async function startTestGitHost({
  clock = systemClock,
  limits = {},
}: TestGitHostOptions = {}): Promise<TestGitHost> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-git-host-'));
  const database = await openTestDatabase('sqlite', githostMigrations);
  const logger = silentLogger;
  const host = createGitHost({ database, clock, folder });
  await host.create(parseRepositoryName('ada/app'));
  const pushes: (Omit<Push, 'repository'> & GitRefs)[] = [];
  const pushed = async ({ repository, ...push }: Push) => {
    pushes.push({ ...push, ...(await host.readRefs(repository.name)) });
  };
  const handler = createGitHandler({
    host,
    access: testAccess(host),
    pushed,
    limits: { ...testLimits, ...limits },
    clock,
    logger,
  });
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startHttpServer({ ...address, handler, ids: systemIds, logger });
  const authority = `127.0.0.1:${server.port}`;
  return {
    repositories: host,
    pushes,
    origin: `http://${authority}`,
    urlOf: (name, person) => {
      const credential = person ? `${person}:${testPeople[person]}@` : '';
      return `http://${credential}${authority}/git/${name}.git`;
    },
    [Symbol.asyncDispose]: async () => {
      await server.drain(0);
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ada's first push makes what is not called `ada/no…`. */
const testAccess = (host: GitHost): GitAccess => ({
  authorize: async ({ authorization, name, action }): Promise<GitAccessDecision> => {
    const subject = subjectOf(authorization);
    if (!subject) return { kind: 'unauthenticated', message: 'log in first' };
    if (subject === 'ada') return { kind: 'granted', subject, ...firstPushOf(host, name, action) };
    if (name.startsWith('ada/private')) return { kind: 'unknown' };
    if (action === 'write') return { kind: 'denied', message: `${subject} may only read ${name}` };
    return { kind: 'granted', subject };
  },
});

function firstPushOf(
  host: GitHost,
  name: RepositoryName,
  action: GitAction,
): { readonly firstPush?: FirstPush } {
  if (action === 'read' || name === 'ada/app') return {};
  const make: FirstPush['make'] = async (branch) => {
    if (name.startsWith('ada/no')) return { kind: 'denied', message: `${name} can not be made` };
    await host.create(name);
    return { kind: 'made', message: `${name} is made for ${branch}` };
  };
  return { firstPush: { make } };
}

function subjectOf(authorization: string | undefined): string | undefined {
  return Object.entries(testPeople).find(
    ([name, password]) => authorization === `Basic ${btoa(`${name}:${password}`)}`,
  )?.[0];
}
