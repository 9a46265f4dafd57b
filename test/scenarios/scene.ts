import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import type { SlipwayClient } from '#client';
import {
  type BuildConfigurationInput,
  type BuildReport,
  buildConfigurationOperations,
  buildOperations,
  repositoryOperations,
} from '#protocol';
import { type GitProject, openGitProject } from './git-project.ts';
import { type Installation, openInstallation, type Settings } from './installation.ts';
import { connect, owner } from './people.ts';

/** Where a scenario is played: an installation, its owner's repository, and a project to push. */
export interface Scene extends AsyncDisposable {
  readonly installation: Installation;
  readonly client: SlipwayClient;
  readonly project: GitProject;
}

export const repository = { namespace: owner.username, name: 'app' };

export async function openScene(
  settings: Settings,
  configuration: BuildConfigurationInput,
): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const installation = opened.use(await openInstallation(settings));
  const client = await connect(installation.serverUrl, owner);
  const name = `${repository.namespace}/${repository.name}`;
  await client.call(repositoryOperations.create, { body: { name } });
  const { source } = await configure(client, configuration);
  const project = opened.use(await openGitProject(source.cloneUrl, owner));
  installation.startBuilder();
  const kept = opened.move();
  return { installation, client, project, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

export function configure(client: SlipwayClient, body: BuildConfigurationInput) {
  return client.call(buildConfigurationOperations.save, { params: repository, body });
}

export function showBuild({ client }: Scene, buildId: number): Promise<BuildReport> {
  return client.call(buildOperations.show, { params: { buildId } });
}

const patienceMilliseconds = 60_000;
const pauseMilliseconds = 75;

// Seconds are enough on an idle machine; on a busy one many scenarios at once take longer.
vi.setConfig({ testTimeout: 2 * patienceMilliseconds });

/** Waits until the build is as wanted; a build that has not been planned yet is waited for as well. */
export async function awaitBuild(
  scene: Scene,
  buildId: number,
  isAsWanted: (build: BuildReport) => boolean,
): Promise<BuildReport> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const build = await showBuild(scene, buildId).catch((error: unknown) => String(error));
    if (typeof build !== 'string' && isAsWanted(build)) return build;
    if (Date.now() > deadline) {
      throw new Error(`build ${buildId} never became as wanted: ${JSON.stringify(build)}`);
    }
    await sleep(pauseMilliseconds);
  }
}
