import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '#platform/http/testing';
import { owner } from '../scenarios/people.ts';

/** Slipway as people run it: the program, its builder a child process, Docker Engine beneath. */
export interface Program extends AsyncDisposable {
  readonly serverUrl: string;
  /** `localhost:PORT`: in front of the names of images. */
  readonly host: string;
  /** Ends the server at once, as a power cut does; its builder finds itself alone. */
  kill(): Promise<void>;
  /** Ends the server as a supervisor does, and gives its exit code. */
  terminate(): Promise<number | null>;
  start(): Promise<void>;
  /** The process of the server's own builder. */
  builderProcess(): Promise<number>;
  readonly dataFolder: string;
  /** What the program has written about itself. */
  ownLog(): Promise<string>;
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const patienceMilliseconds = 120_000;

export async function openProgram(
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-e2e-'));
  const port = await freePort();
  const serverUrl = `http://localhost:${port}`;
  const logFile = join(folder, 'program.log');
  const dataFolder = join(folder, 'data');
  const words = [main, 'serve', '--data', dataFolder, '--listen', `127.0.0.1:${port}`];
  const environment = {
    ...process.env,
    SLIPWAY_ADMIN_USERNAME: owner.username,
    SLIPWAY_ADMIN_PASSWORD: owner.password,
    SLIPWAY_PUBLIC_URL: serverUrl,
    ...settings,
  };
  let child: ChildProcess;
  const start = async () => {
    child = spawn(process.execPath, words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.pipe(createWriteStream(logFile, { flags: 'a' }));
    await untilReady(serverUrl, child, logFile);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  await start();
  return {
    serverUrl,
    host: new URL(serverUrl).host,
    dataFolder,
    start,
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
    builderProcess: () => childOf(child.pid ?? 0),
    ownLog: () => readFile(logFile, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function untilReady(serverUrl: string, child: ChildProcess, logFile: string): Promise<void> {
  const endsAt = Date.now() + patienceMilliseconds;
  while (Date.now() < endsAt && child.exitCode === null) {
    const answer = await fetch(`${serverUrl}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not get ready:\n${await readFile(logFile, 'utf8')}`);
}

async function childOf(parent: number): Promise<number> {
  const text = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8');
  const pid = Number(text.trim().split(' ')[0]);
  if (pid > 0) return pid;
  throw new Error('the server has no builder');
}
