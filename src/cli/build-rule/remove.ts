import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { parseNumber, repositoryOperand, repositoryParams } from '../command/operands.ts';
import { ruleOperand } from './rule-operand.ts';

export const removeBuildRule = command({
  summary: 'Removes a rule.',
  operands: [repositoryOperand, ruleOperand],
  options: {},
  async run(context, { operands: [repository, rule] }) {
    const number = parseNumber(rule, 'a rule');
    const params = { ...repositoryParams(repository), rule: number };
    const client = await context.connect();
    await client.call(buildConfigurationOperations.removeRule, { params, signal: context.signal });
    print(context, { number, removed: true }, () => `Rule ${number} is removed.`);
  },
});
