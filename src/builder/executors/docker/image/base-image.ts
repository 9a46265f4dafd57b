import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDockerCli, repeat } from '../docker-cli.ts';
import { ensureDebianRoot, type MakingOptions } from './debian-root.ts';
import { readExtraAuthorities } from './extra-authorities.ts';

export interface BaseImageOptions extends MakingOptions {
  /** `bookworm`, `trixie`: Debian's minimal system of that name. */
  readonly suite: string;
  /** Packages beyond the minimal system. */
  readonly packages?: readonly string[];
  readonly cacheFolder: string;
  /** A PEM bundle; what is special in it becomes part of the image. */
  readonly extraCaFile?: string;
}

/** An image that `docker import` makes of an archive. */
export interface BaseImage {
  readonly archive: string;
  /** Dockerfile instructions for `docker import --change`. */
  readonly changes: readonly string[];
}

const bundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Makes what stands in for an image from a registry where none can be reached, such as
 * `debian:bookworm`; once, then it comes from the cache folder.
 */
export async function makeBaseImage(options: BaseImageOptions): Promise<BaseImage> {
  const authorities = await readExtraAuthorities(options.extraCaFile);
  const archive = join(
    options.cacheFolder,
    `base-${options.suite}-${keyOf(options, authorities)}.tar`,
  );
  await makeArchive(options, authorities, archive);
  const trust = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];
  const trusting = authorities.length > 0 ? trust.map((name) => `ENV ${name}=${bundle}`) : [];
  return { archive, changes: ['CMD ["bash"]', ...trusting] };
}

/** Gives the image its name on an engine. */
export async function importBaseImage(
  image: BaseImage,
  name: string,
  options: { readonly dockerHost?: string; readonly signal: AbortSignal },
): Promise<void> {
  const docker = createDockerCli(options.dockerHost);
  const changes = repeat('--change', image.changes);
  await docker.call(['import', ...changes, image.archive, name], { signal: options.signal });
}

async function makeArchive(
  options: BaseImageOptions,
  authorities: readonly string[],
  archive: string,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'slipway-authorities-'));
  try {
    for (const [index, certificate] of authorities.entries()) {
      await writeFile(join(work, `extra-${index + 1}.crt`), `${certificate}\n`);
    }
    const hooks = [
      `sync-in ${work} /usr/local/share/ca-certificates`,
      'chroot "$1" update-ca-certificates',
    ];
    const root = { suite: options.suite, packages: packagesOf(options, authorities), archive };
    await ensureDebianRoot({ ...root, hooks: authorities.length > 0 ? hooks : [] }, options);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function packagesOf(options: BaseImageOptions, authorities: readonly string[]): readonly string[] {
  return [...(options.packages ?? []), ...(authorities.length > 0 ? ['ca-certificates'] : [])];
}

function keyOf(options: BaseImageOptions, authorities: readonly string[]): string {
  const facts = JSON.stringify([packagesOf(options, authorities), authorities]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 12);
}
