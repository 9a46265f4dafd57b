import { createDockerExecutor, isImageRegistryReachable } from '#builder';
import { dockerEngine, git, mmdebstrap, setUp, startDockerEngine } from '../setup/index.ts';
import { ensureBaseImage } from './base-image.ts';
import type { Demo } from './demo.ts';
import { extraCa } from './extra-ca.ts';

/** Installs what is missing, starts Docker Engine where it does not run, and brings the images. */
export async function prepareMachine(demo: Demo): Promise<void> {
  const { screen, signal, cleanUp } = demo;
  const say = (line: string) => screen.say(line);
  screen.step('Get this machine ready');
  say('Needed: git, Docker Engine, the image that builds run in, and a base image of Debian.');
  await setUp([git, dockerEngine], say);
  cleanUp.use(await startDockerEngine(say));
  const canPull = await isImageRegistryReachable(signal);
  if (canPull) {
    say('An image registry answers: base images are pulled from it.');
  } else {
    say('No image registry answered within 3 seconds: base images are made of Debian packages.');
    await setUp([mmdebstrap], say);
  }
  await createDockerExecutor(extraCa()).prepare((line) => screen.output(line), signal);
  say('The image that builds run in is there.');
  await ensureBaseImage(demo, canPull);
}
