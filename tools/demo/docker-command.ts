import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Demo, type Person, registryHost } from './demo.ts';
import { runProgram } from './run-program.ts';

/** Runs `docker`. With `last` it is part of the cleaning up: Ctrl-C does not stop it. */
export function runDocker(
  { signal }: Demo,
  words: readonly string[],
  { input, last = false }: { readonly input?: string; readonly last?: boolean } = {},
): Promise<string> {
  return runProgram('docker', words, {
    ...(last ? {} : { signal }),
    ...(input !== undefined && { input }),
    remedy: 'check that Docker Engine runs and that you may use it: docker info',
  });
}

/** Logs in, with a configuration folder of the demo's own: the user's stays as it is. */
export async function logInToRegistry(demo: Demo, person: Person): Promise<string> {
  const { username, password } = person;
  const configuration = join(demo.folder, `docker-${username}`);
  await mkdir(configuration, { recursive: true, mode: 0o700 });
  demo.screen.command(['docker', 'login', '--username', username, registryHost(demo)]);
  const login = ['--config', configuration, 'login', '--username', username, '--password-stdin'];
  await runDocker(demo, [...login, registryHost(demo)], { input: password });
  return configuration;
}
