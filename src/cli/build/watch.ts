import { command } from '../command/command.ts';
import { buildOperand, parseNumber } from '../command/operands.ts';
import { followToEnd } from './follow-to-end.ts';

export const watchBuild = command({
  summary: 'Follows the phases of a build, without its log, until it has ended.',
  description:
    'The exit code is 0 for a build that succeeded, 1 for one that failed or was canceled.',
  operands: [buildOperand],
  options: {},
  async run(context, { operands: [build] }) {
    const buildId = parseNumber(build, 'a build');
    return followToEnd(context, { client: await context.connect(), buildId, lines: false });
  },
});
