/**
 * How long it takes on an idle server from a push to the moment its build begins to clone: counted
 * from the end of `git push`, and from the moment the server had recorded the push. The builder is a
 * child process with the fake executor, which has no sandbox to start. `node bench/push-to-clone.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSlipwayClient, type SlipwayClient } from '#client';
import {
  accountOperations,
  buildConfigurationOperations,
  buildOperations,
  repositoryOperations,
} from '#protocol';
import { type BenchResult, percentile } from './bench-result.ts';
import { startBenchServer } from './bench-server.ts';

const pushes = 100;
const execute = promisify(execFile);
const repository = { namespace: 'bench', name: 'app' };

export async function run(script?: string): Promise<BenchResult> {
  await using server = await startBenchServer({ withBuilder: true, script });
  const client = await connect(`http://${server.host}`);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-source-'));
  try {
    await makeSource(folder, server.host);
    await pushOnce(client, folder, 0);
    server.measure();
    const delays: Delays[] = [];
    for (let index = 1; index <= pushes; index += 1) {
      delays.push(await pushOnce(client, folder, index));
    }
    const { loopDelay } = await server.report();
    const fromRecord = delays.map(({ fromRecord }) => fromRecord);
    const fromPush = delays.map(({ fromPush }) => fromPush);
    return {
      name: 'push-to-clone',
      work: `${pushes} pushes, one after the other, to an idle server`,
      figures: {
        afterRecordP50Milliseconds: percentile(fromRecord, 50),
        afterRecordP99Milliseconds: percentile(fromRecord, 99),
        afterGitPushP50Milliseconds: percentile(fromPush, 50),
        afterGitPushP99Milliseconds: percentile(fromPush, 99),
      },
      loopDelay,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Delays {
  readonly fromRecord: number;
  readonly fromPush: number;
}

async function connect(serverUrl: string): Promise<SlipwayClient> {
  const body = { username: 'bench', password: 'bench password' };
  const { token } = await createSlipwayClient({ serverUrl }).call(accountOperations.login, {
    body,
  });
  const client = createSlipwayClient({ serverUrl, credential: token });
  const rule = { source: 'main', dockerTags: 'latest' };
  await client.call(repositoryOperations.create, { body: { name: 'bench/app' } });
  await client.call(buildConfigurationOperations.addRule, { params: repository, body: rule });
  return client;
}

async function makeSource(folder: string, host: string): Promise<void> {
  const git = (...words: string[]) => execute('git', words, { cwd: folder });
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('config', 'user.name', 'Bench');
  await git('config', 'user.email', 'bench@example.com');
  const credential = `bench:${encodeURIComponent('bench password')}`;
  await git('remote', 'add', 'origin', `http://${credential}@${host}/git/bench/app.git`);
}

async function pushOnce(client: SlipwayClient, folder: string, index: number): Promise<Delays> {
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nLABEL number=${index}\n`);
  await execute('git', ['add', '.'], { cwd: folder });
  await execute('git', ['commit', '--quiet', '--message', `change ${index}`], { cwd: folder });
  await execute('git', ['push', '--quiet', 'origin', 'main'], { cwd: folder });
  const pushedAt = Date.now();
  const { cloneAt, recordedAt } = await buildOf(client);
  return { fromRecord: cloneAt - recordedAt, fromPush: Math.max(0, cloneAt - pushedAt) };
}

/** Follows the newest build to its end, so that the next push meets an idle server. */
async function buildOf(client: SlipwayClient) {
  const query = { limit: 1 };
  const { items } = await client.call(buildOperations.list, { params: repository, query });
  const id = items[0]?.id ?? 0;
  for await (const event of client.followBuild(id)) if (event.type === 'end') break;
  const report = await client.call(buildOperations.show, { params: { buildId: id } });
  const clone = report.attemptList[0]?.phases.find(({ name }) => name === 'clone');
  if (clone === undefined) throw new Error(`build ${id} never cloned`);
  return { cloneAt: Date.parse(clone.startedAt), recordedAt: Date.parse(report.createdAt) };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`);
