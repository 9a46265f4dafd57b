import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builderErrors } from '../../../builder-errors.ts';
import type { DockerCli } from '../docker-cli.ts';
import { ensureDebianRoot, type MakingOptions } from './debian-root.ts';
import { isImageRegistryReachable } from './registry-probe.ts';

const recipeFolder = fileURLToPath(new URL('../../../../../builder-image/', import.meta.url));
const suite = 'trixie';

export interface BuilderImageOptions extends MakingOptions {
  readonly docker: DockerCli;
  readonly cacheFolder: string;
}

/**
 * The builder image's name, once the engine has it. Its tag is a hash of the recipe, so that another
 * recipe makes another image. Made from Debian's image where a registry answers, else from
 * Debian's packages alone; `progress` hears which.
 */
export async function ensureBuilderImage(options: BuilderImageOptions): Promise<string> {
  const hash = await recipeHash(recipeFolder);
  const image = `slipway-builder:${hash}`;
  if (await hasImage(options.docker, image)) return image;
  if (await isImageRegistryReachable(options.signal)) await buildFromRegistry(options, image);
  else await buildFromPackages(options, image, hash);
  return image;
}

export async function hasImage(docker: DockerCli, image: string): Promise<boolean> {
  return (await docker.call(['image', 'ls', '--quiet', image])) !== '';
}

async function buildFromRegistry(options: BuilderImageOptions, image: string): Promise<void> {
  options.progress('an image registry answers: making the builder image from its debian image');
  const { docker, signal } = options;
  try {
    await docker.call(['build', '--tag', image, recipeFolder], { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw builderErrors.fail(
      'EXECUTOR_UNAVAILABLE',
      `the builder image could not be built; run: docker build ${recipeFolder}`,
      { cause: error },
    );
  }
}

async function buildFromPackages(options: BuilderImageOptions, image: string, hash: string) {
  const archive = join(options.cacheFolder, `builder-${hash}.tar`);
  options.progress('no image registry answers: making the builder image from Debian packages');
  await ensureDebianRoot(await builderRoot(archive), options);
  options.progress('importing the builder image');
  const entrypoint = 'ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/lib/slipway/start"]';
  const changes = ['--change', 'USER 1000:1000', '--change', entrypoint];
  await options.docker.call(['import', ...changes, archive, image], { signal: options.signal });
}

async function builderRoot(archive: string) {
  const list = await readFile(join(recipeFolder, 'packages.txt'), 'utf8');
  return {
    suite,
    packages: parsePackageList(list),
    hooks: [
      `sync-in ${join(recipeFolder, 'rootfs')} /`,
      `copy-in ${join(recipeFolder, 'set-up.sh')} /tmp`,
      'chroot "$1" sh /tmp/set-up.sh',
      'rm "$1/tmp/set-up.sh"',
    ],
    archive,
  };
}

export function parsePackageList(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.filter((line) => line !== '');
}

/** Over names, modes and contents of all files of the recipe; what explains it doesn't count. */
export async function recipeHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.md'));
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  const hash = createHash('sha256');
  for (const path of paths) {
    const { mode } = await stat(path);
    const content = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    hash.update(`${relative(folder, path)} ${mode & 0o100} ${content}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}
