import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClientRunner } from '../registry/run-client.ts';
import type { Person } from '../scenarios/people.ts';
import type { Program } from './program.ts';

type Run = (...words: readonly string[]) => Promise<string>;

/** Real clients, logged in as one person, with a configuration of their own. */
export interface Clients extends AsyncDisposable {
  readonly docker: Run;
  readonly crane: Run;
  readonly skopeo: Run;
}

export async function openClients({ host }: Program, person: Person): Promise<Clients> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-clients-'));
  const run = createClientRunner(folder);
  const docker: Run = (...words) => run('docker', ...words);
  await docker('login', '--username', person.username, '--password', person.password, host);
  return {
    docker,
    crane: (...words) => run('crane', ...words),
    skopeo: (...words) => run('skopeo', ...words),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
