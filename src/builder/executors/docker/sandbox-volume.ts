import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageUser } from '../../sandbox-image/image-layout.ts';
import { type DockerCli, repeat } from './docker-cli.ts';
import { runHostProgram } from './host-program.ts';

export interface VolumePlan {
  readonly name: string;
  readonly labels: readonly string[];
  /** The sandbox's own folder on this host, for the file behind a loop device. */
  readonly folder: string;
  readonly diskBytes: number;
}

/**
 * A volume that is a file system of its own, over a sparse file: a hard limit, and gone at once.
 * Needs to be root on the engine's host.
 */
export async function createLoopVolume(docker: DockerCli, plan: VolumePlan): Promise<void> {
  const file = diskFile(plan.folder);
  await createSparseFile(file, plan.diskBytes);
  // Without root_owner the sandbox's user can't write to it; nothing on it outlives a crash.
  const features = [
    '-O',
    '^has_journal',
    '-m',
    '0',
    '-E',
    `root_owner=${imageUser}:${imageUser},nodiscard`,
  ];
  await runHostProgram('mkfs.ext4', ['-q', ...features, file]);
  const device = (await runHostProgram('losetup', ['--find', '--show', file])).trim();
  const options = ['--opt', 'type=ext4', '--opt', `device=${device}`, '--opt', 'o=discard'];
  await createVolume(docker, plan, options);
}

/** A volume on the engine's own disk: its limit is kept by a watcher inside the sandbox. */
export async function createPlainVolume(docker: DockerCli, plan: VolumePlan): Promise<void> {
  await createVolume(docker, plan, []);
}

async function createVolume(docker: DockerCli, plan: VolumePlan, options: readonly string[]) {
  const labels = repeat('--label', plan.labels);
  await docker.call(['volume', 'create', ...options, ...labels, plan.name]);
}

async function createSparseFile(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.truncate(bytes);
  } finally {
    await handle.close();
  }
}

/** Gives back the loop devices and the file of a folder; the volume must be unmounted by now. */
export async function releaseDisk(folder: string): Promise<void> {
  const file = diskFile(folder);
  const listed = await runHostProgram('losetup', [
    '--associated',
    file,
    '--output',
    'NAME',
    '--noheadings',
  ]);
  for (const device of listed.split('\n').filter((line) => line !== '')) {
    await runHostProgram('losetup', ['--detach', device.trim()]);
  }
  await rm(file, { force: true });
}

function diskFile(folder: string): string {
  return join(folder, 'disk.ext4');
}
