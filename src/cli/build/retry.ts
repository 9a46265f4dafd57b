import { buildOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { buildOperand, parseNumber } from '../command/operands.ts';

export const retryBuild = command({
  summary: 'Tries an ended build again, with the same commit.',
  operands: [buildOperand],
  options: {},
  async run(context, { operands: [build] }) {
    const params = { buildId: parseNumber(build, 'a build') };
    const client = await context.connect();
    const retried = await client.call(buildOperations.retry, { params, signal: context.signal });
    print(
      context,
      retried,
      () => `Build ${retried.id} waits again; follow it with: slipway build logs ${retried.id} -f`,
    );
  },
});
