import { AttemptFailure } from './attempt-failure.ts';
import { dockerRepository } from './build-environment.ts';
import { imageExists } from './image-exists.ts';
import type { PhaseTools } from './phase-tools.ts';

/** Pushes the image under each tag of the rule. Throws `push_failed`. */
export async function defaultPush(tools: PhaseTools): Promise<void> {
  for (const tag of tools.assignment.tags) {
    await pushImage(tools, `${dockerRepository(tools.assignment)}:${tag}`);
  }
}

async function pushImage(tools: PhaseTools, name: string): Promise<void> {
  const { commands, files, environment, log } = tools;
  if (!(await imageExists(tools, name))) throw imageMissing(name);
  log.say(`Pushing ${name}...`);
  const argv = ['docker', 'push', name] as const;
  const exitCode = await commands.run({ argv, folder: files.folder, environment });
  if (exitCode === 0) return;
  throw new AttemptFailure('push_failed', `docker push ${name} failed; the log says why`, exitCode);
}

/** Build hooks often hide a failure, or name the image otherwise: both show here first. */
function imageMissing(name: string): AttemptFailure {
  return new AttemptFailure(
    'push_failed',
    `there is no image ${name} to push: hooks/build has to make it (docker build -t $IMAGE_NAME …) and to fail when its build does (set -e); or add hooks/push if other images are meant`,
  );
}
