import { execFile } from 'node:child_process';
import { toolEnvironment } from '#platform/config';

/** Runs a program of this host to its end and gives what it printed. Throws where it fails. */
export function runHostProgram(
  program: string,
  args: readonly string[],
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(program, args, { env: toolEnvironment(), signal }, (error, stdout) => {
    if (error === null) resolve(stdout);
    else reject(error);
  });
  return promise;
}
