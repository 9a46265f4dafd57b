import type { BuildRuleInput } from '#protocol';
import type { OptionTable, OptionValues } from '../command/command.ts';
import { usage } from '../command/parse-command-line.ts';

/** What a rule is made of, as options. */
export const ruleOptions = {
  branch: { type: 'string', value: 'SOURCE', meaning: 'branches it builds: a name or /regex/' },
  tag: { type: 'string', value: 'SOURCE', meaning: 'git tags it builds: a name or /regex/' },
  'docker-tags': {
    type: 'string',
    value: 'TAGS',
    meaning: 'tags of the image, separated by commas: latest or v{\\1},{sourceref}',
  },
  context: { type: 'string', value: 'PATH', meaning: 'build context, / for the root' },
  dockerfile: { type: 'string', value: 'PATH', meaning: 'the Dockerfile, below the context' },
  autobuild: { type: 'boolean', negatable: true, meaning: 'build by hand only, not at a push' },
  caching: {
    type: 'boolean',
    negatable: true,
    meaning: 'build without the cache of earlier builds',
  },
} as const satisfies OptionTable;

export type RuleOptionValues = OptionValues<typeof ruleOptions>;

/** The parts of a rule that were given. Throws `USAGE` for both a branch and a tag. */
export function readRuleOptions(given: RuleOptionValues): Partial<BuildRuleInput> {
  if (given.branch !== undefined && given.tag !== undefined) {
    throw usage('a rule builds branches or tags: give --branch or --tag, not both');
  }
  return {
    ...(given.branch !== undefined && { sourceType: 'branch', source: given.branch }),
    ...(given.tag !== undefined && { sourceType: 'tag', source: given.tag }),
    ...(given['docker-tags'] !== undefined && { dockerTags: given['docker-tags'] }),
    ...(given.context !== undefined && { buildContext: given.context }),
    ...(given.dockerfile !== undefined && { dockerfile: given.dockerfile }),
    ...(given.autobuild !== undefined && { autobuild: given.autobuild }),
    ...(given.caching !== undefined && { caching: given.caching }),
  };
}
