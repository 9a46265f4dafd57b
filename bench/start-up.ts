/**
 * How long a server takes from its start as a program to its first 200 at `/readyz`: on an empty data
 * folder, and on a database that knows a million blobs. `node bench/start-up.ts` prints it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrations } from '#app';
import { migrate, openSqlite, statement } from '#platform/db';
import { freePort } from '#platform/http/testing';
import { type BenchResult, percentile } from './bench-result.ts';

const runs = 8;
const blobCount = 1_000_000;
const blobsAtOnce = 10_000;
const program = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  try {
    // The first start of a program compiles it; every later one finds that done.
    await startOnce(join(folder, 'warm-up'));
    const empty = await repeat((index) => startOnce(join(folder, `empty-${index}`)));
    await fillDatabase(join(folder, 'full'));
    const full = await repeat(() => startOnce(join(folder, 'full')));
    return {
      name: 'start-up',
      work: `from the start of the program to 200 at /readyz, ${runs} times each`,
      figures: {
        emptyP50Milliseconds: percentile(empty, 50),
        emptyWorstMilliseconds: percentile(empty, 100),
        millionBlobsP50Milliseconds: percentile(full, 50),
        millionBlobsWorstMilliseconds: percentile(full, 100),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function repeat(work: (index: number) => Promise<number>): Promise<readonly number[]> {
  const results: number[] = [];
  for (let index = 0; index < runs; index += 1) results.push(await work(index));
  return results;
}

async function startOnce(data: string): Promise<number> {
  const port = await freePort();
  const words = ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--no-builder'];
  const begun = performance.now();
  const child = spawn(process.execPath, [program, ...words], { stdio: 'ignore' });
  const took = await untilReady(port, begun);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return took;
}

async function untilReady(port: number, begun: number): Promise<number> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (performance.now() - begun > 60_000) throw new Error('the server did not get ready');
  }
}

async function fillDatabase(data: string): Promise<void> {
  await startOnce(data);
  await using database = openSqlite({ path: join(data, 'slipway.sqlite') });
  await migrate(database, migrations);
  const insert = statement<[string, number]>('insert into blob (digest, size) values (?, ?)');
  for (let first = 0; first < blobCount; first += blobsAtOnce) {
    await database.transact(async (tx) => {
      for (let index = first; index < first + blobsAtOnce; index += 1) {
        await tx.run(insert, `sha256:${index.toString(16).padStart(64, '0')}`, index);
      }
    });
  }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`);
