import type { BuildState, PhaseName } from '#kernel';
import { type BuildConfigurationInput, buildOperations, repositoryOperations } from '#protocol';
import type { Files } from './git-project.ts';
import { awaitBuild, configure, repository, type Scene } from './scene.ts';

/** One thing that happens in a scenario. Builds are named by their numbers, from 1 on. */
export type Step = (scene: Scene) => Promise<unknown>;

const endStates: readonly BuildState[] = ['success', 'failed', 'canceled'];

/** A new commit on a branch, pushed. */
export function push(branch: string, files: Files = {}): Step {
  return async ({ project }) => {
    await project.commit({ Dockerfile: 'FROM debian:bookworm\n', ...files });
    await project.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  };
}

/** The last commit under a tag, pushed. */
export function pushTag(tag: string): Step {
  return async ({ project }) => {
    await project.git('tag', tag);
    await project.git('push', '--quiet', 'origin', tag);
  };
}

/** A branch and a tag of one new commit, in one push. */
export function pushBoth(branch: string, tag: string, files: Files = {}): Step {
  return async ({ project }) => {
    await project.commit({ Dockerfile: 'FROM debian:bookworm\n', ...files });
    await project.git('tag', tag);
    await project.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`, tag);
  };
}

export function untilEnd(buildId: number): Step {
  return (scene) => awaitBuild(scene, buildId, ({ state }) => endStates.includes(state));
}

/** Until the build's newest attempt, the first by default, is in this phase. */
export function untilPhase(buildId: number, phase: PhaseName, attempt = 1): Step {
  return (scene) =>
    awaitBuild(scene, buildId, ({ attemptList }) => {
      const newest = attemptList.at(-1);
      return newest?.number === attempt && newest.phases.at(-1)?.name === phase;
    });
}

export function untilWaiting(buildId: number): Step {
  return (scene) => awaitBuild(scene, buildId, ({ waiting }) => waiting !== undefined);
}

export function untilState(buildId: number, state: BuildState): Step {
  return (scene) => awaitBuild(scene, buildId, (build) => build.state === state);
}

export function cancel(buildId: number): Step {
  return ({ client }) => client.call(buildOperations.cancel, { params: { buildId } });
}

export function retry(buildId: number): Step {
  return ({ client }) => client.call(buildOperations.retry, { params: { buildId } });
}

export function changeConfiguration(configuration: BuildConfigurationInput): Step {
  return ({ client }) => configure(client, configuration);
}

export function makeTagsImmutable(...patterns: readonly string[]): Step {
  const immutability = { mode: 'patterns' as const, patterns: [...patterns] };
  return ({ client }) =>
    client.call(repositoryOperations.update, { params: repository, body: { immutability } });
}

export const loseBuilder: Step = ({ installation }) => installation.stopBuilder();

export const bringBuilderBack: Step = async ({ installation }) => installation.startBuilder();

export const restartServer: Step = ({ installation }) => installation.restartServer();
