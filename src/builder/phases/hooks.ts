import { posix } from 'node:path';
import { type PhaseName, phaseNames } from '#kernel';
import type { PhaseLog } from '../log/attempt-log.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { BuildFiles } from './build-files.ts';
import { checkoutFolder } from './clone.ts';
import type { Commands } from './commands.ts';
import { probe, splitList } from './probes.ts';

/** Every phase may be a hook but the two that are Slipway's own. */
export type HookName = Exclude<PhaseName, 'clone' | 'publish'>;
export const hookNames = phaseNames.filter(
  (phase): phase is HookName => phase !== 'clone' && phase !== 'publish',
);

export interface Hook {
  readonly name: HookName;
  /** The file lies in the checkout, also when `hooks` is a symbolic link. */
  readonly isInside: boolean;
  readonly firstLine: string;
}

/** The hooks beside the Dockerfile, made executable; other files in the folder don't count. */
export async function findHooks(
  files: Pick<BuildFiles, 'folder'>,
  commands: Commands,
): Promise<ReadonlyMap<HookName, Hook>> {
  const { output } = await commands.read({
    argv: probe('slipway-hooks', checkoutFolder, posix.join(files.folder, 'hooks'), ...hookNames),
    folder: checkoutFolder,
  });
  const values = splitList(output);
  const found = hookNames.flatMap((name): [HookName, Hook][] => {
    const index = values.findIndex((value, at) => at % 3 === 0 && value === name);
    if (index === -1) return [];
    const isInside = values[index + 1] === 'inside';
    return [[name, { name, isInside, firstLine: values[index + 2] ?? '' }]];
  });
  return new Map(found);
}

export interface HookRun {
  readonly commands: Commands;
  readonly log: PhaseLog;
  readonly files: Pick<BuildFiles, 'folder'>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a hook in place, in the Dockerfile's folder. Throws `hook_failed` unless it ends with 0. */
export async function runHook(hook: Hook, run: HookRun): Promise<void> {
  const { commands, log, files, environment } = run;
  refuseUnrunnable(hook);
  log.say(`Executing ${hook.name} hook...`);
  const exitCode = await commands.run({
    argv: [posix.join(files.folder, 'hooks', hook.name)],
    folder: files.folder,
    environment,
  });
  if (exitCode === 0) return;
  log.say(`${hook.name} hook failed! (${exitCode})`);
  throw new AttemptFailure('hook_failed', failureMessage(hook, exitCode), exitCode);
}

/** Throws `hook_failed` with a remedy for what the kernel would refuse without a useful word. */
export function refuseUnrunnable({ name, isInside, firstLine }: Hook): void {
  const refuse = (message: string) => {
    throw new AttemptFailure('hook_failed', `hooks/${name} ${message}`);
  };
  if (!isInside) refuse('is a link that leads out of the source: put the file itself there');
  if (firstLine.startsWith('\u007fELF')) return;
  if (!firstLine.startsWith('#!')) {
    refuse('has no interpreter line: begin it with a line such as #!/bin/bash');
  }
  if (firstLine.endsWith('\r')) {
    refuse(
      'has Windows line ends (CRLF), so that its interpreter is not found: store it with LF, and keep it so by the line "hooks/* text eol=lf" in .gitattributes',
    );
  }
}

function failureMessage({ name, firstLine }: Hook, exitCode: number): string {
  const message = `hooks/${name} failed with exit code ${exitCode}`;
  const interpreter = firstLine.slice(2).trim();
  if (exitCode === 127) return `${message}: a command in it, or ${interpreter}, was not found`;
  if (exitCode === 126) return `${message}: ${interpreter} can't be executed`;
  return message;
}
