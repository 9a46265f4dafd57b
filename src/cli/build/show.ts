import { buildOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { buildOperand, parseNumber } from '../command/operands.ts';
import { describeBuild } from './describe-build.ts';

export const showBuild = command({
  summary: 'Shows a build: its state, its phases in time, what it published.',
  operands: [buildOperand],
  options: {},
  async run(context, { operands: [build] }) {
    const buildId = parseNumber(build, 'a build');
    const client = await context.connect();
    const report = await client.call(buildOperations.show, {
      params: { buildId },
      signal: context.signal,
    });
    print(context, report, () => describeBuild(report, context.clock.now(), context.output.style));
  },
});
