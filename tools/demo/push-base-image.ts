import { baseImage, findBaseImage } from './base-image.ts';
import { type Demo, registryHost } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { logInToRegistry, runDocker } from './docker-command.ts';

/** Puts the base image into Slipway as `library/debian`, so that `FROM debian:bookworm` is served by it. */
export async function pushBaseImage(demo: Demo): Promise<void> {
  const { screen, administrator, cleanUp } = demo;
  screen.step('Put a base image into the registry, for Dockerfiles to begin with');
  const source = await findBaseImage(demo);
  if (source === undefined) {
    throw new DemoFailure(`Docker lost ${baseImage} meanwhile`, 'run the demo again');
  }
  const target = `${registryHost(demo)}/library/${baseImage}`;
  const configuration = await logInToRegistry(demo, administrator);
  screen.command(['docker', 'tag', source, target]);
  await runDocker(demo, ['tag', source, target]);
  cleanUp.defer(async () => void (await runDocker(demo, ['image', 'rm', target], { last: true })));
  screen.command(['docker', 'push', target]);
  await runDocker(demo, ['--config', configuration, 'push', '--quiet', target]);
}
