import type { BuildState } from '#kernel';
import type { Build } from '#protocol';
import { type ExitCode, exitCodes } from '../command/exit-code.ts';
import type { Style } from '../output/style.ts';

/** A state in words, coloured by how good it is. */
export function describeState(state: BuildState, style: Style): string {
  switch (state) {
    case 'success':
      return style.good('success');
    case 'failed':
      return style.bad('failed');
    case 'canceled':
      return style.bad('canceled');
    case 'canceling':
      return style.busy('canceling');
    case 'pending':
      return style.busy('pending');
    case 'in_progress':
      return style.busy('in progress');
  }
}

/** The state with the reason behind it, where there is more to say. */
export function describeOutcome({ state, reason, message }: Build, style: Style): string {
  const why = message ?? reason?.replaceAll('_', ' ');
  return why === undefined ? describeState(state, style) : `${describeState(state, style)}: ${why}`;
}

export function describeSource({ source }: Build): string {
  return `${source.type} ${source.name} at ${source.commit.slice(0, 12)}`;
}

export function describeTags({ tags, push }: Build): string {
  return push ? tags.join(', ') : '(tests only)';
}

/** What following a build to its end gives the shell. */
export function exitCodeOf(state: BuildState): ExitCode {
  return state === 'success' ? exitCodes.ok : exitCodes.failed;
}
