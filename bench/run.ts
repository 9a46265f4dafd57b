/**
 * Runs the benches that are named, or all, one after the other, prints what they measured and keeps
 * it in `bench/results/`. Figures of two runs compare only when they come from one machine in one hour.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { BenchResult } from './bench-result.ts';
import { run as manifestPut } from './manifest-put.ts';
import { run as pushToClone } from './push-to-clone.ts';
import { run as startUp } from './start-up.ts';

const benches: Readonly<Record<string, () => Promise<BenchResult>>> = {
  'start-up': startUp,
  'push-to-clone': pushToClone,
  'manifest-put': manifestPut,
};
const results = new URL('results/', import.meta.url);

const named = process.argv.slice(2);
const unknown = named.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  await mkdir(results, { recursive: true });
  for (const [name, bench] of Object.entries(benches)) {
    if (named.length === 0 || named.includes(name)) await keep(await bench());
  }
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
