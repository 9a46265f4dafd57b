import { repositoryOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { describeRepository } from './describe-repository.ts';

export const showRepository = command({
  summary: 'Shows one repository.',
  operands: [repositoryOperand],
  options: {},
  async run(context, { operands: [repository] }) {
    const params = repositoryParams(repository);
    const client = await context.connect();
    const shown = await client.call(repositoryOperations.show, { params, signal: context.signal });
    print(context, shown, () => describeRepository(shown));
  },
});
