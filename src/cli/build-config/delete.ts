import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';

export const deleteBuildConfiguration = command({
  summary: 'Ends automated builds of a repository. Images and the history of builds stay.',
  operands: [repositoryOperand],
  options: {},
  async run(context, { operands: [repository] }) {
    const params = repositoryParams(repository);
    const client = await context.connect();
    await client.call(buildConfigurationOperations.remove, { params, signal: context.signal });
    print(context, { repository, deleted: true }, () => `${repository} is not built any more.`);
  },
});
