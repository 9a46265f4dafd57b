import { spawn } from 'node:child_process';
import { DemoFailure } from './demo-failure.ts';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Gives what it wrote to standard error as well. */
  readonly withErrors?: boolean;
  /** Lets the program write to the demo's own streams; nothing is collected then. */
  readonly live?: boolean;
  /** What to do when it fails; else the program's own words have to do. */
  readonly remedy?: string;
}

/** Runs a program to its end and gives what it wrote to standard output. Throws `DemoFailure` with what it said. */
export async function runProgram(
  program: string,
  words: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { signal, folder, environment, live = false, withErrors = false } = options;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, [...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['pipe', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let printed = '';
  let complained = '';
  child.stdout?.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (complained += bytes.toString()));
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? 1));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const code = await promise.catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new DemoFailure(`${program} did not start: ${String(error)}`, installHint(program));
  });
  if (code === 0) return (withErrors ? complained + printed : printed).trim();
  const said = (complained.trim() || printed.trim()).split('\n').slice(-15).join('\n');
  throw new DemoFailure(
    `${[program, ...words].join(' ')} failed with exit code ${code}${said && `:\n${said}`}`,
    options.remedy ?? 'what it said above names the cause; mend that and run the demo again',
  );
}

function installHint(program: string): string {
  return `install ${program}, for example with: sudo apt-get install ${program}`;
}
