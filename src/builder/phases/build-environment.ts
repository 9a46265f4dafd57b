import { posix } from 'node:path';
import type { ReservedBuildVariable } from '#kernel';
import type { Assignment } from '#protocol';
import type { BuildFiles } from './build-files.ts';
import type { Checkout } from './clone.ts';
import { sshKeyVariable } from './ssh-key.ts';

/** A repository's name as builds see it: Docker Hub's, which leads to Slipway inside a sandbox. */
export function dockerRepository(assignment: Pick<Assignment, 'repository'>): string {
  return `index.docker.io/${assignment.repository}`;
}

/** The first tag names the image; `DOCKER_TAG` has them all. */
export function imageName(assignment: Pick<Assignment, 'repository' | 'tags'>): string {
  return `${dockerRepository(assignment)}:${assignment.tags[0]}`;
}

/** A name for this attempt that compose takes for a project. */
export function buildCode(assignment: Pick<Assignment, 'attemptId'>): string {
  return `b${assignment.attemptId}`;
}

/**
 * The variables that hooks and compose files see: the user's and, over them, those of Docker Hub's
 * builds. None of ours is set to nothing, since hooks take an empty variable for an unset one. A
 * Dockerfile's path of the user's own goes before ours, empty or not: hooks were written for builds in
 * which it was nothing, or a folder.
 */
export function buildEnvironment(
  assignment: Assignment,
  checkout: Checkout,
  files: Pick<BuildFiles, 'dockerfile'>,
): Readonly<Record<string, string>> {
  const { source } = assignment;
  const ours = {
    SOURCE_TYPE: 'git',
    SOURCE_BRANCH: source.name,
    SOURCE_COMMIT: source.commit,
    GIT_SHA1: source.commit,
    COMMIT_MSG: fitting(checkout.commitMessage),
    DOCKER_REPO: dockerRepository(assignment),
    DOCKER_TAG: assignment.tags.join(','),
    IMAGE_NAME: imageName(assignment),
    DOCKERFILE_PATH: posix.basename(files.dockerfile),
    BUILD_PATH: assignment.buildContext,
    BUILD_CODE: buildCode(assignment),
    CACHE_TAG: assignment.caching ? (assignment.tags[0] ?? '') : '',
  } satisfies Record<ReservedBuildVariable | 'DOCKERFILE_PATH', string>;
  const known = Object.entries(ours).filter(([, value]) => value !== '');
  const given = userVariables(assignment);
  return { ...given, ...Object.fromEntries(known), ...chosenByUser(given) };
}

function chosenByUser({ DOCKERFILE_PATH: path }: Readonly<Record<string, string>>) {
  return path === undefined ? {} : { DOCKERFILE_PATH: path };
}

/** The kernel starts no program with a variable of 128 KiB or more, and none holds a zero byte. */
const longestMessageBytes = 64 * 1024;

function fitting(message: string): string {
  const text = message.replaceAll('\0', '');
  if (Buffer.byteLength(text) <= longestMessageBytes) return text;
  const cut = Buffer.from(text).subarray(0, longestMessageBytes);
  // A character that was cut in two is left out.
  return new TextDecoder().decode(cut, { stream: true });
}

function userVariables({ variables }: Assignment): Record<string, string> {
  const { [sshKeyVariable]: _, ...others } = variables;
  return others;
}
