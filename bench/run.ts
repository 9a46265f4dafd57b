/**
 * Runs the benches that are named, or all, one after the other, prints what they measured and keeps
 * it in `bench/results/`. Figures of two runs compare only when they come from one machine in one hour.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchResult } from './bench-result.ts';
import { run as manifestPut } from './manifest-put.ts';
import { run as pushToClone } from './push-to-clone.ts';
import { run as registryLoad } from './registry-load.ts';
import { run as startUp } from './start-up.ts';

/** With another checkout's `server-under-load.ts` where that is to be measured. */
type Bench = (script?: string) => Promise<BenchResult>;

const benches: Readonly<Record<string, Bench>> = {
  'start-up': startUp,
  'push-to-clone': pushToClone,
  'manifest-put': manifestPut,
  'registry-load': registryLoad,
};
const results = new URL('results/', import.meta.url);

const { values, positionals: named } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string' } },
});
const unknown = named.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  await mkdir(results, { recursive: true });
  for (const [name, bench] of Object.entries(benches)) {
    if (named.length > 0 && !named.includes(name)) continue;
    if (values.against === undefined) await keep(await bench());
    else await compare(bench, join(resolve(values.against), 'bench/server-under-load.ts'));
  }
}

/** Ours and another checkout's, in turns, and how many times theirs ours is. Start-up is always ours. */
async function compare(bench: Bench, script: string): Promise<void> {
  const theirs = [await bench(script)];
  const ours = [await bench()];
  theirs.push(await bench(script));
  ours.push(await bench());
  console.log(`
${ours[0]?.name}: ours, theirs, ratio (means of two)`);
  for (const figure of Object.keys(ours[0]?.figures ?? {})) {
    const [our, their] = [ours, theirs].map((results) => meanOf(results, figure));
    const ratio = ((our ?? 0) / (their ?? 0)).toFixed(2);
    console.log(`  ${figure.padEnd(36)} ${our?.toFixed(1)}  ${their?.toFixed(1)}  ${ratio}`);
  }
}

function meanOf(measured: readonly BenchResult[], figure: string): number {
  const values = measured.map(({ figures }) => figures[figure] ?? Number.NaN);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function keep(result: BenchResult): Promise<void> {
  const { figures, loopDelay, name, work } = result;
  console.log(`\n${name}: ${work}`);
  for (const [figure, value] of Object.entries(figures))
    console.log(`  ${figure.padEnd(34)} ${value}`);
  for (const [figure, value] of Object.entries(loopDelay ?? {})) {
    console.log(`  ${`event loop ${figure}`.padEnd(34)} ${value}`);
  }
  const circumstances = {
    measuredOn: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    node: process.version,
  };
  const text = JSON.stringify({ ...result, ...circumstances }, null, 2);
  await writeFile(new URL(`${name}.json`, results), `${text}\n`);
}
