import type { Commands } from './commands.ts';
import { probe } from './probes.ts';

/** The user's variable that holds a private key: it becomes a file and is no variable inside. */
export const sshKeyVariable = 'SSH_PRIVATE';

/** Private keys are often entered on one line, with `\n` spelled out where lines end. */
export function sshKeyText(value: string): string {
  return `${value.replaceAll('\\n', '\n').trim()}\n`;
}

/** Gives SSH clients in the sandbox the user's key, for submodules and hooks. */
export async function installSshKey(commands: Commands, value: string): Promise<void> {
  await commands.run({
    argv: probe('slipway-ssh-key'),
    folder: '/workspace',
    input: Buffer.from(sshKeyText(value)),
  });
}
