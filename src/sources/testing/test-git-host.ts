import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRepositoryName, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import { openTestDatabase } from '#platform/db/testing';
import { startHttpServer } from '#platform/http';
import { silentLogger } from '#platform/telemetry';
import { createSources, type Sources } from '../create-sources.ts';
import { createGitHandler } from '../http/create-git-handler.ts';
import type { GitAccess, GitAccessDecision } from '../http/git-access.ts';
import { sourcesMigrations } from '../sources-migrations.ts';
import { RecordingListener } from './recording-listener.ts';

export interface TestGitHost extends AsyncDisposable {
  readonly database: Database;
  readonly sources: Sources;
  readonly listener: RecordingListener;
  /** Where the repositories lie. */
  readonly folder: string;
  readonly origin: string;
  /** The address of a repository, with a person's credential in it. */
  urlOf(name: string, person?: TestPerson): string;
}

/** `ada` may do everything below `ada/`, `eve` reads what does not lie below `ada/private`. */
const testPeople = { ada: 'ada-password', eve: 'eve-password' } as const;
type TestPerson = keyof typeof testPeople;

/** The git host alone, on SQLite and files, for two people. */
export async function startTestGitHost(): Promise<TestGitHost> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-git-host-'));
  const database = await openTestDatabase('sqlite', sourcesMigrations);
  const listener = new RecordingListener();
  const logger = silentLogger;
  const sources = createSources({ database, clock: systemClock, folder, listener, logger });
  await sources.createEmbedded(parseRepositoryName('ada/app'));
  const handler = createGitHandler({ sources, access: testAccess, folder, logger });
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startHttpServer({ ...address, handler, ids: systemIds, logger });
  const authority = `127.0.0.1:${server.port}`;
  return {
    database,
    sources,
    listener,
    folder,
    origin: `http://${authority}`,
    urlOf: (name, person) => {
      const credential = person ? `${person}:${testPeople[person]}@` : '';
      return `http://${credential}${authority}/git/${name}.git`;
    },
    [Symbol.asyncDispose]: async () => {
      await server.drain(0);
      await sources[Symbol.asyncDispose]();
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
