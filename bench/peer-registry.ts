import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#kernel';
import { freePort } from '#platform/http/testing';
import { createRegistryClient } from '#transfer';

export interface PeerRegistry extends AsyncDisposable {
  readonly host: string;
}

const execute = promisify(execFile);
const program = 'docker-registry';

/**
 * Docker's own registry (Debian's package `docker-registry`) on files, without authentication and
 * without any promise of durability; `undefined` where it is not installed.
 */
export async function startPeerRegistry(): Promise<PeerRegistry | undefined> {
  if (!(await isInstalled())) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-peer-'));
  const host = `127.0.0.1:${await freePort()}`;
  const configuration = join(folder, 'config.yml');
  await writeFile(configuration, configurationText(folder, host));
  const child = spawn(program, ['serve', configuration], { stdio: 'ignore' });
  await untilAnswering(host);
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isInstalled(): Promise<boolean> {
  return execute(program, ['--version']).then(
    () => true,
    () => false,
  );
}

function configurationText(folder: string, host: string): string {
  return [
    'version: 0.1',
    'log: { level: error, accesslog: { disabled: true } }',
    `storage: { filesystem: { rootdirectory: ${folder} } }`,
    `http: { addr: '${host}' }`,
    '',
  ].join('\n');
}

async function untilAnswering(host: string): Promise<void> {
  await using client = createRegistryClient({ registry: `http://${host}`, clock: systemClock });
  const isAnswering = () =>
    client.ping().then(
      () => true,
      () => false,
    );
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await isAnswering()) return;
    await systemClock.sleep(25);
  }
  throw new Error(`${program} did not answer`);
}
