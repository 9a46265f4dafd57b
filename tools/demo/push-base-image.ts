import { type Demo, registryHost } from './demo.ts';
import { logInToRegistry, runDocker } from './docker-command.ts';

export const baseImage = 'debian:bookworm';

/** Puts the base image into Slipway as `library/debian`, so that `FROM debian:bookworm` is served by it. */
export async function pushBaseImage(demo: Demo): Promise<void> {
  const { screen, administrator } = demo;
  const target = `${registryHost(demo)}/library/${baseImage}`;
  screen.say(`${baseImage} goes into the registry too: the sample's Dockerfile begins with it.`);
  const configuration = await logInToRegistry(demo, administrator);
  await runDocker(demo, ['tag', baseImage, target]);
  demo.cleanUp.defer(
    async () => void (await runDocker(demo, ['image', 'rm', target], { last: true })),
  );
  screen.command(['docker', 'push', target]);
  const pushed = await runDocker(demo, ['--config', configuration, 'push', '--quiet', target]);
  screen.output(pushed);
}
