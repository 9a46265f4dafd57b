import type { PhaseTools } from './phase-tools.ts';

/** Whether the sandbox's container engine has an image of this name. */
export async function imageExists(
  { commands, files, environment }: Pick<PhaseTools, 'commands' | 'files' | 'environment'>,
  name: string,
): Promise<boolean> {
  const exitCode = await commands.check({
    argv: ['docker', 'image', 'inspect', '--format', '{{.Id}}', name],
    folder: files.folder,
    environment,
  });
  return exitCode === 0;
}
