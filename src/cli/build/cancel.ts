import { buildOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { buildOperand, parseNumber } from '../command/operands.ts';
import { describeState } from './build-words.ts';

export const cancelBuild = command({
  summary: 'Cancels a build; it can publish nothing from that moment on.',
  operands: [buildOperand],
  options: {},
  async run(context, { operands: [build] }) {
    const params = { buildId: parseNumber(build, 'a build') };
    const client = await context.connect();
    const canceled = await client.call(buildOperations.cancel, { params, signal: context.signal });
    const state = describeState(canceled.state, context.output.style);
    print(context, canceled, () => `Build ${canceled.id} is ${state}.`);
  },
});
