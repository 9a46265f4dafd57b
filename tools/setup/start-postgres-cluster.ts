import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#platform/http/testing';
import { isRoot } from './as-root.ts';
import { postgresPrograms } from './postgresql.ts';
import { lastLines, runCommand } from './run-command.ts';
import { SetUpFailure } from './set-up-failure.ts';

export interface PostgresCluster extends AsyncDisposable {
  /** Of a user who may make and drop databases. */
  readonly url: string;
  /** Ends it: `SIGINT` cuts clients off and shuts down in order, `SIGKILL` leaves all as it lies. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
  /** Starts it again, where it was. */
  start(): Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const readyWithinMilliseconds = 30_000;
const user = 'slipway';

/**
 * A PostgreSQL of our own: a fresh cluster in a temporary folder, on a free port of the loopback
 * address, without syncs since nothing in it outlives the run. Stopped and removed on disposal.
 */
export async function startPostgresCluster(): Promise<PostgresCluster> {
  const programs = postgresPrograms();
  if (programs === undefined) {
    throw new SetUpFailure('PostgreSQL has no initdb here.', 'install the package postgresql');
  }
  const account = await unprivilegedAccount();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-postgres-'));
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid);
  try {
    return await startIn(folder, programs, account);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  folder: string,
  programs: string,
  account: Account,
): Promise<PostgresCluster> {
  const password = randomBytes(18).toString('hex');
  const port = await freePort();
  await initialise(folder, { programs, account, password });
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=300',
  ];
  const run = async () => {
    const server = spawn(
      join(programs, 'postgres'),
      ['-D', join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true, ...account },
    );
    await awaitReadiness(server);
    return server;
  };
  let server = await run();
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    stop: (signal) => stop(server, signal),
    start: async () => {
      server = await run();
    },
    [Symbol.asyncDispose]: async () => {
      await stop(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function initialise(
  folder: string,
  { programs, account, password }: { programs: string; account: Account; password: string },
): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o644 });
  const words = [
    `--pgdata=${join(folder, 'data')}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const { code, output } = await runCommand(join(programs, 'initdb'), words, {
    folder,
    account,
  });
  await rm(passwordFile);
  if (code === 0) return;
  throw new SetUpFailure(
    `initdb failed with exit code ${code}:\n${lastLines(output)}`,
    `see that ${tmpdir()} has room and may be written by the user postgres`,
  );
}

/** PostgreSQL refuses to run as root: then its package's user takes over. */
async function unprivilegedAccount(): Promise<Account> {
  if (!isRoot) return {};
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await runCommand('id', [which, 'postgres'])).output)),
  );
  if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
  throw new SetUpFailure('There is no user postgres.', 'install the package postgresql anew');
}

async function awaitReadiness(server: ChildProcess): Promise<void> {
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuse = () =>
    reject(
      new SetUpFailure(
        `PostgreSQL did not get ready:\n${lastLines(said)}`,
        'mend what it names, then start again',
      ),
    );
  const timer = setTimeout(refuse, readyWithinMilliseconds);
  const listen = (bytes: Buffer) => {
    said += bytes.toString();
    if (said.includes('ready to accept connections')) resolve();
  };
  server.stderr?.on('data', listen);
  server.once('exit', refuse);
  server.once('error', refuse);
  try {
    await promise;
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    server.stderr?.off('data', listen).resume();
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown: clients are cut off. Its children hold the pipe of what it
 * says: when that closes the last of them is gone, also of one that was killed.
 */
async function stop(server: ChildProcess, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'close');
  server.kill(signal);
  await ended;
}
