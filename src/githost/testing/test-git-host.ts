import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRepositoryName, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import { openTestDatabase } from '#platform/db/testing';
import { startHttpServer } from '#platform/http';
import { silentLogger } from '#platform/telemetry';
import { createGitHost, type GitHost, type GitRefs } from '../create-git-host.ts';
import { githostMigrations } from '../githost-migrations.ts';
import { createGitHandler, type Push } from '../http/create-git-handler.ts';
import type { GitAccess, GitAccessDecision } from '../http/git-access.ts';

export interface TestGitHost extends AsyncDisposable {
  readonly repositories: GitHost;
  /** What the host told of, in order, each with the refs that were read then, as sources do. */
  readonly pushes: readonly (Pick<Push, 'pushedBy'> & GitRefs)[];
  readonly origin: string;
  /** The address of a repository, with a person's credential in it. */
  urlOf(name: string, person?: TestPerson): string;
}

/** `ada` may do everything below `ada/`, `eve` reads what does not lie below `ada/private`. */
const testPeople = { ada: 'ada-password', eve: 'eve-password' } as const;
type TestPerson = keyof typeof testPeople;

/** The git host alone, on SQLite and files, for two people; `ada/app` is there. */
export async function startTestGitHost(): Promise<TestGitHost> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-git-host-'));
  const database = await openTestDatabase('sqlite', githostMigrations);
  const logger = silentLogger;
  const host = createGitHost({ database, clock: systemClock, folder });
  await host.create(parseRepositoryName('ada/app'));
  const pushes: (Pick<Push, 'pushedBy'> & GitRefs)[] = [];
  const pushed = async ({ repository, pushedBy }: Push) => {
    pushes.push({ pushedBy, ...(await host.readRefs(repository.name)) });
  };
  const handler = createGitHandler({ host, access: testAccess, pushed, logger });
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

const testAccess: GitAccess = {
  authorize: async ({ authorization, name, action }): Promise<GitAccessDecision> => {
    const subject = subjectOf(authorization);
    if (!subject) return { kind: 'unauthenticated', message: 'log in first' };
    if (subject === 'ada') return { kind: 'granted', subject };
    if (name.startsWith('ada/private')) return { kind: 'unknown' };
    if (action === 'write') return { kind: 'denied', message: `${subject} may only read ${name}` };
    return { kind: 'granted', subject };
  },
};

function subjectOf(authorization: string | undefined): string | undefined {
  return Object.entries(testPeople).find(
    ([name, password]) => authorization === `Basic ${btoa(`${name}:${password}`)}`,
  )?.[0];
}
