import { homedir } from 'node:os';
import { join } from 'node:path';
import { importBaseImage, makeBaseImage } from '#builder';
import type { Demo } from './demo.ts';
import { runDocker } from './docker-command.ts';
import { extraCa } from './extra-ca.ts';

/** What the sample's Dockerfile begins with. */
export const baseImage = 'debian:bookworm';

/** A made image does not pretend to be Debian's own on this engine. */
const madeImage = `slipway-demo/${baseImage}`;

/** The name under which this engine has the base image. */
export async function findBaseImage(demo: Demo): Promise<string | undefined> {
  for (const name of [baseImage, madeImage]) {
    if ((await runDocker(demo, ['image', 'ls', '--quiet', name])) !== '') return name;
  }
  return undefined;
}

/** Pulls the base image, or makes it of Debian's packages; it stays for the next time. */
export async function ensureBaseImage(demo: Demo, canPull: boolean): Promise<void> {
  const { screen } = demo;
  if ((await findBaseImage(demo)) !== undefined) return;
  if (canPull) {
    screen.command(['docker', 'pull', baseImage]);
    await runDocker(demo, ['pull', '--quiet', baseImage]);
    return;
  }
  screen.say(`Making ${baseImage} of Debian's packages, as ${madeImage}`);
  await make(demo);
}

async function make({ screen, signal }: Demo): Promise<void> {
  const image = await makeBaseImage({
    suite: 'bookworm',
    ...extraCa(),
    cacheFolder: join(homedir(), '.cache/slipway'),
    progress: (line) => screen.output(line),
    signal,
  });
  await importBaseImage(image, madeImage, { signal });
}
