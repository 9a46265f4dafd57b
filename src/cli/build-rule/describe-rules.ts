import type { BuildRule } from '#protocol';
import { formatTable } from '../output/table.ts';

/** The rules of a configuration as a table. */
export function describeRules(rules: readonly BuildRule[]): string {
  return formatTable(
    ['RULE', 'SOURCE', 'DOCKER TAGS', 'CONTEXT', 'DOCKERFILE', 'AUTOBUILD', 'CACHING'],
    rules.map((rule) => [
      String(rule.number),
      `${rule.sourceType} ${rule.source}`,
      rule.dockerTags,
      rule.buildContext,
      rule.dockerfile,
      rule.autobuild ? 'on' : 'off',
      rule.caching ? 'on' : 'off',
    ]),
  );
}
