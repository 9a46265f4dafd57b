import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { projectFolder } from '../project-folder.ts';
import { runCommand } from '../setup/run-command.ts';
import type { Check, CheckResult } from './check.ts';

/** Tests sync what they write; in memory that costs nothing. */
const memoryFolder = '/dev/shm';

const environment = {
  ...(existsSync(memoryFolder) && { TMPDIR: memoryFolder }),
  PATH: [
    join(projectFolder, 'node_modules/.bin'),
    join(process.execPath, '..'),
    process.env['PATH'],
  ].join(delimiter),
};

export async function runCheck(check: Check): Promise<CheckResult> {
  const startedAt = performance.now();
  const { code, output } = await runCommand(check.program, check.words, {
    environment,
    folder: projectFolder,
  });
  return {
    check,
    isPassed: code === 0,
    output: output.trim(),
    milliseconds: performance.now() - startedAt,
  };
}
