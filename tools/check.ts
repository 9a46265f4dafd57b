/** `npm run check`: everything that can be known without real engines, in seconds. */
import { availableParallelism } from 'node:os';
import type { Check, CheckResult } from './checks/check.ts';
import { runCheck } from './checks/run-check.ts';
import { runInLanes } from './checks/run-in-lanes.ts';
import { staticChecks } from './checks/static-checks.ts';

/** Whole servers (test/scenarios, test/access) are for `./slipway test`: they take their time. */
const unitTests: Check = {
  name: 'architecture and unit tests',
  program: 'vitest',
  words:
    'run --project unit --reporter=dot --no-color src test/architecture test/golden test/upgrade/schema'.split(
      ' ',
    ),
};

const startedAt = performance.now();
const checks = [unitTests, ...staticChecks];
const results = await runInLanes(Math.max(2, availableParallelism()), checks, async (check) => {
  const result = await runCheck(check);
  print(result);
  return result;
});
const failed = results.filter((result) => !result.isPassed).length;
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(failed === 0 ? `All fine in ${seconds} s` : `${failed} failed, in ${seconds} s`);
process.exitCode = failed === 0 ? 0 : 1;

function print({ check, isPassed, output, milliseconds }: CheckResult): void {
  console.log(`${isPassed ? '✓' : '✗'} ${check.name} ${(milliseconds / 1000).toFixed(1)} s`);
  if (!isPassed) console.log(output.replaceAll(/^/gm, '    '));
}
