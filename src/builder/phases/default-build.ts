import { AttemptFailure } from './attempt-failure.ts';
import { dockerRepository, imageName } from './build-environment.ts';
import { findDockerfile } from './build-files.ts';
import { imageExists } from './image-exists.ts';
import type { PhaseTools } from './phase-tools.ts';

/**
 * Builds the image as `docker build` does, with BuildKit unless the user's `DOCKER_BUILDKIT=0` picks
 * the legacy builder. Base images are always fresh; without caching nothing is reused. Throws
 * `build_failed`, or `configuration` when the Dockerfile is not there by now.
 */
export async function defaultBuild(tools: PhaseTools): Promise<void> {
  const { assignment, environment, commands, log } = tools;
  const files = await findDockerfile(assignment, commands);
  log.say(`Starting build of ${imageName(assignment)}...`);
  const fresh = assignment.caching ? ['--pull'] : ['--pull', '--no-cache'];
  const naming = ['--file', files.dockerfile, '--tag', imageName(assignment)];
  const exitCode = await commands.run({
    argv: ['docker', 'build', ...fresh, ...naming, files.context],
    folder: files.folder,
    environment,
  });
  if (exitCode === 0) return;
  throw new AttemptFailure(
    'build_failed',
    `docker build failed with exit code ${exitCode}; the log shows the step`,
    exitCode,
  );
}

/** Gives the image the rule's further tags, unless a hook made images of these names itself. */
export async function addFurtherTags(tools: PhaseTools): Promise<void> {
  const { assignment, commands, files, environment } = tools;
  const further = assignment.tags.slice(1);
  if (further.length === 0 || !(await imageExists(tools, imageName(assignment)))) return;
  for (const tag of further) {
    const name = `${dockerRepository(assignment)}:${tag}`;
    if (await imageExists(tools, name)) continue;
    const argv = ['docker', 'tag', imageName(assignment), name] as const;
    const exitCode = await commands.run({ argv, folder: files.folder, environment });
    if (exitCode === 0) continue;
    throw new AttemptFailure('build_failed', `the image could not be tagged ${name}`, exitCode);
  }
}
