import type { BuildRule, RuleText } from '#builds';
import type { BuildRuleInput } from '#protocol';

/** A rule as it came, with the defaults for what was left out. */
export function ruleText(input: BuildRuleInput): RuleText {
  return {
    sourceType: input.sourceType ?? 'branch',
    source: input.source,
    dockerTags: input.dockerTags,
    buildContext: input.buildContext ?? '/',
    dockerfile: input.dockerfile ?? '/',
    autobuild: input.autobuild ?? true,
    caching: input.caching ?? true,
  };
}

export function ruleAnswer(rule: BuildRule) {
  const { id, sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching } = rule;
  return { id, sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching };
}
