import { type BuildRuleInput, buildConfigurationOperations } from '#protocol';
import { command } from '../command/command.ts';
import { print } from '../command/command-context.ts';
import { repositoryOperand, repositoryParams } from '../command/operands.ts';
import { usage } from '../command/parse-command-line.ts';
import { describeRules } from './describe-rules.ts';
import { type RuleOptionValues, readRuleOptions, ruleOptions } from './rule-options.ts';

export const addBuildRule = command({
  summary: 'Adds a rule to the build configuration.',
  operands: [repositoryOperand],
  options: ruleOptions,
  examples: [
    'slipway build-rule add alice/app --branch main --docker-tags latest',
    "slipway build-rule add alice/app --tag '/^v([0-9.]+)$/' --docker-tags '{\\1}'",
  ],
  async run(context, { operands: [repository], options }) {
    const params = repositoryParams(repository);
    const body = readWholeRule(options);
    const client = await context.connect();
    const rule = await client.call(buildConfigurationOperations.addRule, {
      params,
      body,
      signal: context.signal,
    });
    print(context, rule, () => describeRules([rule]));
  },
});

function readWholeRule(options: RuleOptionValues): BuildRuleInput {
  const { source, dockerTags, ...rest } = readRuleOptions(options);
  if (source === undefined) throw usage('what does the rule build? give --branch or --tag');
  if (dockerTags === undefined) throw usage('which tags does the image get? give --docker-tags');
  return { source, dockerTags, ...rest };
}
