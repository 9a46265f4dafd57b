import { homedir } from 'node:os';
import { join } from 'node:path';
import { importBaseImage, isImageRegistryReachable, makeBaseImage } from '#builder';
import type { Clients } from './clients.ts';
import type { Program } from './program.ts';

/** What Dockerfiles of tests begin with. */
const baseImage = 'debian:bookworm';

const signal = new AbortController().signal;

/**
 * Puts Debian into the system's namespace, pulled where an image registry answers and made of
 * Debian's packages where none does, so that `FROM debian:bookworm` works in builds.
 */
export async function pushBaseImage({ host }: Program, { docker }: Clients): Promise<void> {
  const image = `${host}/library/${baseImage}`;
  if (await isImageRegistryReachable(signal)) {
    await docker('pull', '--quiet', baseImage);
    await docker('tag', baseImage, image);
  } else {
    const extraCaFile = process.env['NODE_EXTRA_CA_CERTS'];
    const made = await makeBaseImage({
      suite: 'bookworm',
      cacheFolder: join(homedir(), '.cache/slipway'),
      ...(extraCaFile === undefined ? {} : { extraCaFile }),
      progress: () => undefined,
      signal,
    });
    await importBaseImage(made, image, { signal });
  }
  await docker('push', '--quiet', image);
  await docker('image', 'rm', '--force', image);
}
