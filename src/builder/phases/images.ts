import type { PhaseTools } from './phase-tools.ts';

/** Whether the sandbox's container engine has an image of this name. */
export async function imageExists(
  { commands, files, environment }: Pick<PhaseTools, 'commands' | 'files' | 'environment'>,
  name: string,
): Promise<boolean> {
  const { output } = await commands.read({
    argv: ['docker', 'image', 'ls', '--quiet', name],
    folder: files.folder,
    environment,
  });
  return output.trim() !== '';
}
