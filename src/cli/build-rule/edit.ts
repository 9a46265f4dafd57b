import { buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { parseNumber, repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import { describeRules } from './describe-rules.ts';
import { ruleOperand } from './rule-operand.ts';
import { readRuleOptions, ruleOptions } from './rule-options.ts';

export const editBuildRule = command({
  summary: 'Changes a rule; what is not given stays.',
  description: '--autobuild and --caching turn on again what their --no- forms turned off.',
  operands: [repositoryOperand, ruleOperand],
  options: ruleOptions,
  async run(context, { operands: [repository, rule], options }) {
    const params = { ...repositoryParams(repository), rule: parseNumber(rule, 'a rule') };
    const body = readRuleOptions(options);
    if (Object.keys(body).length === 0) throw usage('nothing to change: give an option');
    const client = await context.connect();
    const changed = await client.call(buildConfigurationOperations.updateRule, {
      params,
      body,
      signal: context.signal,
    });
    print(context, changed, () => describeRules([changed]));
  },
});
