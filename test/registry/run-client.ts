import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the set-up puts clients that are no packages. */
const fetchedClients = fileURLToPath(new URL('../../.cache/bin', import.meta.url));

/** Runs `docker`, `crane` or `skopeo` with a configuration of its own; gives what it printed. */
export function createClientRunner(configFolder: string) {
  const env = {
    ...process.env,
    PATH: `${fetchedClients}${delimiter}${process.env['PATH']}`,
    DOCKER_CONFIG: configFolder,
    HOME: configFolder,
  };
  return async (client: string, ...parameters: readonly string[]): Promise<string> => {
    const { stdout } = await run(client, parameters, { env, maxBuffer: 2 ** 24 });
    return stdout.trim();
  };
}
