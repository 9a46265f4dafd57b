import type { BuildConfiguration } from '#protocol';
import { describeRules } from '../build-rule/describe-rules.ts';

/** A build configuration for people. */
export function describeConfiguration(configuration: BuildConfiguration): string {
  const { source, autotest, rules, variables } = configuration;
  const names = variables.map(({ name }) => name).join(', ');
  return [
    `source     ${source.repository} on this server`,
    `push to    ${source.cloneUrl}`,
    `autotest   ${autotest.replaceAll('_', ' ')}`,
    `variables  ${names || '(none)'}`,
    '',
    describeRules(rules),
  ].join('\n');
}
