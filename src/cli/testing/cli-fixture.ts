import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSlipwayClient, type SlipwayClientOptions } from '#client';
import type { Clock } from '#kernel';
import type { BuildEvent } from '#protocol';
import type { CliHost } from '../program/cli-host.ts';
import { runCli } from '../program/run-cli.ts';
import { type Answers, createFakeClient, type SentCall } from './fake-client.ts';

export interface CliFixtureOptions {
  readonly answers?: Answers;
  readonly events?: readonly BuildEvent[];
  readonly rawLog?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What standard input holds. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program with streams, a server and a home folder of the test's own. */
export interface CliFixture extends AsyncDisposable {
  readonly folder: string;
  readonly calls: readonly SentCall[];
  /** How clients were made: which server, which credential. */
  readonly clients: readonly SlipwayClientOptions[];
  run(...words: readonly string[]): Promise<CliRun>;
  writeFile(name: string, text: string): Promise<string>;
}

/** Time stands still at 2026-11-24T06:10:00Z. */
const testClock: Clock = {
  now: () => Date.UTC(2026, 10, 24, 6, 10),
  sleep: async () => undefined,
};

export const testServer = 'http://localhost:5000';

export async function createCliFixture(options: CliFixtureOptions = {}): Promise<CliFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  const calls: SentCall[] = [];
  const clients: SlipwayClientOptions[] = [];
  return {
    folder,
    calls,
    clients,
    run: (...words) => runOnce(words, { ...options, folder, calls, clients }),
    async writeFile(name, text) {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

interface RunOptions extends CliFixtureOptions {
  readonly folder: string;
  readonly calls: SentCall[];
  readonly clients: SlipwayClientOptions[];
}

async function runOnce(words: readonly string[], options: RunOptions): Promise<CliRun> {
  const { answers = {}, events = [], rawLog = '', calls, clients, folder } = options;
  let stdout = '';
  let stderr = '';
  const host: CliHost = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    input: {
      isTerminal: false,
      ask: async (question) => `typed for ${question}`,
      readAll: async () => options.input ?? '',
    },
    environment: options.environment ?? {
      XDG_CONFIG_HOME: folder,
      SLIPWAY_SERVER: testServer,
      SLIPWAY_TOKEN: 'slip_pat_test',
    },
    signal: options.signal ?? new AbortController().signal,
    clock: testClock,
    async createClient(made) {
      clients.push(made);
      const { serverUrl } = createSlipwayClient(made);
      return createFakeClient({ serverUrl, answers, events, rawLog, calls });
    },
  };
  const exitCode = await runCli(words, host);
  return { exitCode, stdout, stderr };
}
