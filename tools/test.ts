/**
 * `./slipway test`: makes the machine ready, runs every check and test, stops what it started, and
 * ends with one line: `N passed, N failed, N skipped`.
 */
import { availableParallelism } from 'node:os';
import { runInLanes } from './checks/run-in-lanes.ts';
import {
  crane,
  curlAndJq,
  dockerEngine,
  git,
  gitLfs,
  mmdebstrap,
  postgresql,
  SetUpFailure,
  setUp,
  skopeo,
  startDockerEngine,
  startPostgresCluster,
} from './setup/index.ts';
import type { FinishedPart, Part } from './test/part-report.ts';
import { staticChecksPart } from './test/static-checks-part.ts';
import { hasFailures, renderSummary } from './test/summary.ts';
import { vitestPart } from './test/vitest-part.ts';

/** A run that takes longer hangs somewhere: it is ended, and counts as failed. */
const limitMilliseconds = 75 * 60_000;

const say = (line: string) => console.log(line);
process.exitCode = await main();

async function main(): Promise<number> {
  const interruption = listenForInterruption();
  try {
    await setUp([git, gitLfs, curlAndJq, dockerEngine, postgresql, skopeo, crane, mmdebstrap], say);
    await using engines = new AsyncDisposableStack();
    engines.use(await startDockerEngine(say));
    const { url } = engines.use(await startPostgresCluster());
    const parts = await runParts(testParts(url), interruption);
    say(`\n${renderSummary(parts)}`);
    return hasFailures(parts) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof SetUpFailure)) throw error;
    say(`\nThe tests could not start: ${error.message}\n\nWhat to do: ${error.remedy}\n`);
    say('0 passed, 1 failed, 0 skipped');
    return 1;
  }
}

/** The longest first: the others run beside it. */
function testParts(postgresUrl: string): readonly Part[] {
  const environment = { SLIPWAY_TEST_POSTGRES_URL: postgresUrl };
  const cores = availableParallelism();
  return [
    vitestPart({ name: 'real', project: 'real', workers: Math.max(2, cores / 2), environment }),
    staticChecksPart,
    vitestPart({ name: 'unit', project: 'unit', workers: Math.max(1, cores / 2), environment }),
  ];
}

function runParts(parts: readonly Part[], interruption: AbortSignal): Promise<FinishedPart[]> {
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(limitMilliseconds)]);
  return runInLanes(2, parts, async (part) => {
    const startedAt = performance.now();
    const report = await part.run(signal);
    return { ...report, name: part.name, milliseconds: performance.now() - startedAt };
  });
}

/** Ctrl-C once ends the run with its cleaning up; twice ends it at once. */
function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      say('\nEnding the run and cleaning up …');
      controller.abort();
    });
  }
  return controller.signal;
}
