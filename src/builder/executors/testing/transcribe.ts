import type { CommandResult, Sandbox, SandboxCommand } from '../../executor.ts';

/** How a command ended, with all it said. */
export interface Transcript extends CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

export interface TranscribeOptions extends Partial<Omit<SandboxCommand, 'argv'>> {
  readonly signal?: AbortSignal;
}

/** Runs a command in `/workspace`, unless told otherwise, and gathers what it says. */
export async function transcribe(
  sandbox: Sandbox,
  argv: SandboxCommand['argv'],
  options: TranscribeOptions = {},
): Promise<Transcript> {
  const { signal, ...rest } = options;
  const pieces: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
  const command: SandboxCommand = {
    argv,
    workingDirectory: '/workspace',
    environment: {},
    onOutput: (stream, bytes) => pieces[stream].push(Uint8Array.from(bytes)),
    ...rest,
  };
  const result = await sandbox.run(command, signal ?? new AbortController().signal);
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(pieces[stream]).toString();
  return { ...result, stdout: text('stdout'), stderr: text('stderr') };
}
