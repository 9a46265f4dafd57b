import type { Assignment } from '#protocol';
import type { PhaseLog } from '../log/attempt-log.ts';
import type { BuildFiles } from './build-files.ts';
import type { Commands } from './commands.ts';

/** What a phase after the clone works with. */
export interface PhaseTools {
  readonly assignment: Assignment;
  readonly files: BuildFiles;
  readonly environment: Readonly<Record<string, string>>;
  readonly commands: Commands;
  readonly log: PhaseLog;
}
