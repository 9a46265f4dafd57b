import { rm } from 'node:fs/promises';
import type { DockerCli } from './docker-cli.ts';
import { partName, sandboxLabel } from './sandbox-labels.ts';
import { releaseDisk } from './sandbox-volume.ts';

/** An engine that hangs must not hold up whoever waits for the end. */
const patienceMilliseconds = 60_000;

/**
 * Removes a sandbox's parts, whichever of them exist, and gives what failed; nothing when all of it is
 * gone. Never throws. Disk and folder stay as long as something may run on them.
 */
export async function removeSandbox(
  docker: DockerCli,
  sandbox: { readonly id: string; readonly folder: string },
): Promise<readonly string[]> {
  const name = partName(sandbox.id);
  const ours = withPatience(docker);
  const problems = await problemsOf(removeContainers(ours, sandbox.id));
  if (problems.length > 0) return problems;
  const parts = [ours(['network', 'rm', name]), ours(['volume', 'rm', name])];
  const kept = (await Promise.all(parts.map((part) => problemsOf(ignoreAbsent(part))))).flat();
  if (kept.length > 0) return kept;
  return problemsOf(removeFolder(sandbox.folder));
}

type Call = (args: readonly string[]) => Promise<string>;

function withPatience(docker: DockerCli): Call {
  const signal = AbortSignal.timeout(patienceMilliseconds);
  return (args) => docker.call(args, { signal });
}

async function problemsOf(step: Promise<unknown>): Promise<readonly string[]> {
  return step.then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
}

async function removeFolder(folder: string): Promise<void> {
  await releaseDisk(folder);
  await rm(folder, { recursive: true, force: true });
}

/** The sandbox and, where one was cut short, its helper. */
async function removeContainers(call: Call, id: string): Promise<void> {
  const filter = ['--filter', `label=${sandboxLabel}=${id}`];
  const ids = await call(['ps', '--all', '--quiet', ...filter]);
  if (ids !== '') await ignoreAbsent(call(['rm', '--force', '--volumes', ...ids.split('\n')]));
}

/** Of a part, in the engine's words; where its socket is absent, nothing is known of the part. */
const absent = /no such (?:container|network|volume)|(?:network|volume) \S+ not found/i;

async function ignoreAbsent(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!absent.test(String(error))) throw error;
  }
}
