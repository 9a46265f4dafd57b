import { spawn } from 'node:child_process';

export interface CommandEnd {
  /** 127 where the program does not exist. */
  readonly code: number;
  /** What it wrote to both of its streams, in order. */
  readonly output: string;
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Whom it runs as, where root starts it; itself otherwise. */
  readonly account?: { readonly uid?: number; readonly gid?: number };
}

/** Runs a program to its end without showing what it says. Never throws. */
export function runCommand(
  program: string,
  words: readonly string[],
  { environment, folder, account }: CommandOptions = {},
): Promise<CommandEnd> {
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const child = spawn(program, [...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...account,
  });
  let output = '';
  const collect = (bytes: Buffer) => {
    output += bytes.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.on('error', (error) => resolve({ code: 127, output: error.message }));
  child.on('close', (code) => resolve({ code: code ?? 1, output }));
  return promise;
}

/** Whether the program exists and ends with 0. */
export async function isWorking(program: string, ...words: readonly string[]): Promise<boolean> {
  return (await runCommand(program, words)).code === 0;
}

/** The end of what a failed command said: enough to see why. */
export function lastLines(output: string, count = 15): string {
  return output.trim().split('\n').slice(-count).join('\n');
}
