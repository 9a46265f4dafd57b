import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { describeRules } from './describe-rules.ts';

export const listBuildRules = command({
  summary: 'Lists the rules of a repository.',
  operands: [repositoryOperand],
  options: {},
  async run(context, { operands: [repository] }) {
    const params = repositoryParams(repository);
    const client = await context.connect();
    const { rules } = await client.call(buildConfigurationOperations.show, {
      params,
      signal: context.signal,
    });
    print(context, { items: rules }, () => describeRules(rules));
  },
});
