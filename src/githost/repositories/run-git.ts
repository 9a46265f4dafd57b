import { execFile } from 'node:child_process';
import { githostErrors } from '../githost-errors.ts';
import { gitEnvironment } from './git-environment.ts';

export interface GitRun {
  /** The repository to run in. */
  readonly folder?: string;
  readonly arguments: readonly string[];
  /** What git reads; nothing by default. */
  readonly input?: string;
}

const outputLimitBytes = 64 * 1024 * 1024;
const longestRunMilliseconds = 60_000;

/** What git printed. Throws `GIT_FAILED` with its last words, or with the remedy where it is missing. */
export function runGit({ folder, arguments: rest, input = '' }: GitRun): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const all = folder === undefined ? rest : [`--git-dir=${folder}`, ...rest];
  const options = {
    env: gitEnvironment(),
    maxBuffer: outputLimitBytes,
    timeout: longestRunMilliseconds,
  };
  const child = execFile('git', all, options, (error, stdout, stderr) => {
    if (error) reject(gitFailure(error, stderr));
    else resolve(stdout);
  });
  // Git may end without having read its input; its exit code tells what that means.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return promise;
}

export function gitFailure(error: Error, words: string): Error {
  const message =
    'code' in error && error.code === 'ENOENT'
      ? 'git is not installed where the server runs: install it (apt-get install git)'
      : `git failed: ${words.trim().slice(-400) || error.message}`;
  return githostErrors.fail('GIT_FAILED', message, { cause: error });
}
