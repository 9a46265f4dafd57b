import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { printList } from '../output/print-list.ts';

export const listBuildVariables = command({
  summary: 'Lists the variables of a repository; values are shown to its administrators.',
  operands: [repositoryOperand],
  options: {},
  async run(context, { operands: [repository] }) {
    const params = repositoryParams(repository);
    const client = await context.connect();
    const { variables } = await client.call(buildConfigurationOperations.show, {
      params,
      signal: context.signal,
    });
    printList(
      context,
      { items: variables },
      {
        headings: ['NAME', 'VALUE'],
        row: ({ name, value }) => [name, value ?? '(hidden)'],
        empty: `${repository} has no build variables.`,
      },
    );
  },
});
