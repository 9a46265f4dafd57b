import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toolEnvironment } from '#platform/config';
import { builderErrors } from '../../../builder-errors.ts';
import { runHostProgram } from '../host-program.ts';

/** A Debian file system, made from packages alone: no image registry is asked. */
export interface DebianRoot {
  /** `trixie`, `bookworm`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** Hooks in mmdebstrap's language that run after the packages are in. */
  readonly hooks: readonly string[];
  /** Where the archive goes; it appears whole or not at all. */
  readonly archive: string;
}

export interface MakingOptions {
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Left out as in Debian's own slim images. */
const leftOut = ['doc', 'man', 'locale', 'info', 'lintian'];

/**
 * Makes the archive unless it is there. Throws `EXECUTOR_UNAVAILABLE` where mmdebstrap is missing or
 * fails, with what it said.
 */
export async function ensureDebianRoot(root: DebianRoot, options: MakingOptions): Promise<void> {
  if (await isFile(root.archive)) return;
  await mkdir(dirname(root.archive), { recursive: true });
  const work = await mkdtemp(`${root.archive}.making-`);
  try {
    await bootstrap(root, join(work, 'root'), options);
    await pack(join(work, 'root'), join(work, 'root.tar'), options.signal);
    await rename(join(work, 'root.tar'), root.archive);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** A folder, not mmdebstrap's own archive, which gives every file to root if `/` isn't root's. */
async function bootstrap(root: DebianRoot, folder: string, options: MakingOptions): Promise<void> {
  const args = [
    '--format=directory',
    '--variant=minbase',
    ...leftOut.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...(root.packages.length > 0 ? [`--include=${root.packages.join(',')}`] : []),
    ...root.hooks.map((hook) => `--customize-hook=${hook}`),
    root.suite,
    folder,
  ];
  const tail: string[] = [];
  const say = (line: string) => {
    tail.push(line);
    tail.splice(0, tail.length - 15);
    if (line.startsWith('I: ')) options.progress(line.slice(3));
  };
  const code = await runToEnd('mmdebstrap', args, say, options.signal);
  if (code === 0) return;
  throw builderErrors.fail(
    'EXECUTOR_UNAVAILABLE',
    `mmdebstrap could not make Debian ${root.suite} (exit code ${code}); it needs to be root and to reach a Debian mirror. It ended with:\n${tail.join('\n')}`,
  );
}

/** Apt's own, of a user that is nobody in a sandbox: apt makes them anew. */
const notPacked = ['./var/lib/apt/lists/partial', './var/cache/apt/archives/partial'];

async function pack(folder: string, archive: string, signal: AbortSignal): Promise<void> {
  const kept = ['--numeric-owner', '--xattrs', '--format=pax', '--one-file-system'];
  const without = notPacked.map((path) => `--exclude=${path}`);
  await runHostProgram(
    'tar',
    [...kept, ...without, '--directory', folder, '--create', '--file', archive, '.'],
    {
      signal,
    },
  );
}

async function runToEnd(
  program: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, {
    env: toolEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let pending = '';
  child.stderr.on('data', (bytes: Buffer) => {
    const lines = `${pending}${bytes.toString()}`.split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  child.on('error', (error) => reject(signal.aborted ? signal.reason : missing(program, error)));
  child.on('close', (code) => resolve(code ?? 1));
  return promise;
}

function missing(program: string, cause: Error): Error {
  return builderErrors.fail(
    'EXECUTOR_UNAVAILABLE',
    `no image registry answers, and ${program} is not there to do without; run: apt-get install ${program}`,
    { cause },
  );
}
