import { rm } from 'node:fs/promises';
import type { DockerCli } from './docker-cli.ts';
import { partName, sandboxLabel } from './sandbox-labels.ts';
import { releaseDisk } from './sandbox-volume.ts';

/**
 * Removes a sandbox's parts, whichever of them exist. Never throws: each step stands alone, and
 * `complain` hears of those that failed.
 */
export async function removeSandbox(
  docker: DockerCli,
  sandbox: { readonly id: string; readonly folder: string },
  complain: (message: string) => void,
): Promise<void> {
  const name = partName(sandbox.id);
  const attempt = async (step: Promise<unknown>) => {
    await step.catch((error: unknown) => complain(`sandbox ${sandbox.id}: ${String(error)}`));
  };
  await attempt(removeContainers(docker, sandbox.id));
  await Promise.all([
    attempt(ignoreAbsent(docker.call(['network', 'rm', name]))),
    attempt(ignoreAbsent(docker.call(['volume', 'rm', name]))),
  ]);
  await attempt(releaseDisk(sandbox.folder));
  await attempt(rm(sandbox.folder, { recursive: true, force: true }));
}

/** The sandbox and, where one was cut short, its helper. */
async function removeContainers(docker: DockerCli, id: string): Promise<void> {
  const filter = ['--filter', `label=${sandboxLabel}=${id}`];
  const ids = await docker.call(['ps', '--all', '--quiet', ...filter]);
  if (ids !== '')
    await ignoreAbsent(docker.call(['rm', '--force', '--volumes', ...ids.split('\n')]));
}

async function ignoreAbsent(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!/no such|not found/i.test(String(error))) throw error;
  }
}
