import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { projectFolder } from '../project-folder.ts';
import type { Part, PartReport } from './part-report.ts';
import { reportVariable } from './progress-reporter.ts';

export interface VitestPartOptions {
  readonly name: string;
  readonly project: 'unit' | 'real';
  /** How many files run side by side. */
  readonly workers: number;
  readonly environment: Readonly<Record<string, string>>;
}

const vitest = join(projectFolder, 'node_modules/vitest/vitest.mjs');
const reporter = fileURLToPath(new URL('progress-reporter.ts', import.meta.url));
const endWithinMilliseconds = 30_000;

export function vitestPart(options: VitestPartOptions): Part {
  return {
    name: options.name,
    run: async (signal) => {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-test-report-'));
      try {
        return await runVitest(options, join(folder, 'report.json'), signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function runVitest(
  { name, project, workers, environment }: VitestPartOptions,
  reportFile: string,
  signal: AbortSignal,
): Promise<PartReport> {
  const words = ['run', '--project', project, '--reporter', reporter, `--maxWorkers=${workers}`];
  const child = spawn(process.execPath, [vitest, ...words, '--no-color'], {
    cwd: projectFolder,
    env: { ...process.env, ...environment, [reportVariable]: reportFile },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    forwardLines(stream, (line) => {
      console.log(`[${name}] ${line}`);
      tail.push(line);
      tail.splice(0, tail.length - 20);
    });
  }
  const code = await ending(child, signal);
  const report = await readReport(reportFile);
  if (report === undefined) return broken(`Vitest ended with ${code}`, tail.join('\n'));
  if (code === '0' || report.failures.length > 0) return report;
  return { ...report, failures: broken(`Vitest ended with ${code}`, tail.join('\n')).failures };
}

function forwardLines(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') take(line);
  });
}

/** The exit code, or what ended it. An aborted run gets time to clean up, then it is ended for good. */
function ending(child: ReturnType<typeof spawn>, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const endForGood = () => {
    setTimeout(() => child.kill('SIGKILL'), endWithinMilliseconds).unref();
  };
  signal.addEventListener('abort', endForGood, { once: true });
  child.on('error', (error) => {
    if (!signal.aborted) resolve(error.message);
  });
  child.on('close', (code, killedBy) => resolve(`${killedBy ?? code}`));
  return promise;
}

async function readReport(path: string): Promise<PartReport | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as PartReport;
  } catch {
    return undefined;
  }
}

function broken(title: string, text: string): PartReport {
  return { passed: 0, failures: [{ title, text }], skips: [] };
}
