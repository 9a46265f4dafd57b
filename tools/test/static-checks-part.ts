import { runCheck } from '../checks/run-check.ts';
import { staticChecks } from '../checks/static-checks.ts';
import type { Part, PartReport, Remark } from './part-report.ts';

/** Each static check counts as one test. */
export const staticChecksPart: Part = {
  name: 'static checks',
  run: async (signal): Promise<PartReport> => {
    const failures: Remark[] = [];
    const skips: Remark[] = [];
    for (const check of staticChecks) {
      if (signal.aborted) {
        skips.push({ title: check.name, text: 'the run was ended before' });
        continue;
      }
      const { isPassed, output } = await runCheck(check);
      console.log(`[static checks] ${isPassed ? '✓' : '✗'} ${check.name}`);
      if (!isPassed) failures.push({ title: check.name, text: output });
    }
    return { passed: staticChecks.length - failures.length - skips.length, failures, skips };
  },
};
