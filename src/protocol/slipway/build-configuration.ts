import { z } from 'zod';
import {
  autotestModes,
  buildVariableLimits,
  providerKinds,
  refTypes,
  ruleDefaults,
  ruleTestOutcomes,
} from '#kernel';
import { noFields, nothing, operation } from '../operation.ts';
import { instant, repositoryPath } from './shapes.ts';

const tag = 'Automated builds';

export const sourceType = z.enum(refTypes);
export const autotest = z.enum(autotestModes);

const ruleText = z.object({
  sourceType,
  /** A branch or tag name, or `/regex/` in RE2. */
  source: z.string().max(255),
  /** Tags or templates, separated by commas: `latest`, `v{\1},{sourceref}`. */
  dockerTags: z.string().max(1000),
  /** Relative to the source's root; `/` is the root, empty the Dockerfile's folder. */
  buildContext: z.string().max(1000),
  /** Relative to the build context, else to the root; `/` is `Dockerfile`. */
  dockerfile: z.string().max(1000),
  autobuild: z.boolean(),
  caching: z.boolean(),
});

/** A rule as it is written; what is left out takes the default. */
export const buildRuleInput = ruleText.extend({
  sourceType: ruleText.shape.sourceType.default(ruleDefaults.sourceType),
  buildContext: ruleText.shape.buildContext.default(ruleDefaults.buildContext),
  dockerfile: ruleText.shape.dockerfile.default(ruleDefaults.dockerfile),
  autobuild: ruleText.shape.autobuild.default(ruleDefaults.autobuild),
  caching: ruleText.shape.caching.default(ruleDefaults.caching),
});
export type BuildRuleInput = z.input<typeof buildRuleInput>;

/** A stored rule, with what it is called in its repository: 1, 2, 3 …, given once and never again. */
export const buildRule = ruleText.extend({ number: z.int() });
export type BuildRule = z.infer<typeof buildRule>;

/** A build environment variable. Values are shown to those with admin access only. */
export const buildVariable = z.object({
  name: z.string().regex(buildVariableLimits.nameForm),
  /** Left out on saving: the stored value stays. */
  value: z.string().max(buildVariableLimits.largestValueBytes).optional(),
});

export const buildConfiguration = z.object({
  /** The embedded git repository that is built: `namespace/name`. */
  source: z.object({
    provider: z.enum(providerKinds),
    repository: z.string(),
    cloneUrl: z.string(),
  }),
  autotest,
  /** Counts changes. */
  version: z.int(),
  rules: z.array(buildRule),
  variables: z.array(buildVariable),
  updatedAt: instant,
});
export type BuildConfiguration = z.infer<typeof buildConfiguration>;

export const buildConfigurationInput = z.object({
  source: z.object({ provider: z.enum(providerKinds), repository: z.string().max(255) }).optional(),
  autotest: autotest.default('off'),
  /** Left out on a first save: the source's default branch becomes `latest`. */
  rules: z.array(buildRuleInput).min(1).max(100).optional(),
  variables: z.array(buildVariable).max(buildVariableLimits.mostVariables).default([]),
  /**
   * The version that this changes, 0 where there was none: a configuration that somebody changed
   * meanwhile is not overwritten. Left out: whatever is there is replaced.
   */
  version: z.int().min(0).optional(),
});
export type BuildConfigurationInput = z.input<typeof buildConfigurationInput>;

export const ruleTestResult = z.object({
  refs: z.array(
    z.object({
      type: sourceType,
      name: z.string(),
      /** The rule's number; of rules that are tried, their place in the request, counted from 1. */
      rule: z.int().optional(),
      outcome: z.enum(ruleTestOutcomes),
      tags: z.array(z.string()),
      /** The part of the name that the pattern matched: first and past-last character. */
      matched: z.object({ start: z.int(), end: z.int() }).optional(),
      text: z.string(),
    }),
  ),
  warnings: z.array(z.string()),
});
export type RuleTestResult = z.infer<typeof ruleTestResult>;

const rulePath = repositoryPath.extend({ rule: z.coerce.number().int() });

export const buildConfigurationOperations = {
  show: operation({
    id: 'showBuildConfiguration',
    method: 'GET',
    path: '/repositories/{namespace}/{name}/build-configuration',
    summary: 'Shows how a repository is built: source, rules, tests, variables.',
    tag,
    status: 200,
    params: repositoryPath,
    query: noFields,
    body: nothing,
    answer: buildConfiguration,
  }),
  save: operation({
    id: 'saveBuildConfiguration',
    method: 'PUT',
    path: '/repositories/{namespace}/{name}/build-configuration',
    summary: 'Sets up or replaces the configuration; `build=true` then builds every literal rule.',
    tag,
    status: 200,
    params: repositoryPath,
    query: z.object({ build: z.enum(['true', 'false']).default('false') }),
    body: buildConfigurationInput,
    // 100 variables of 64 KiB, and as many rules: as much as there may be.
    limitBytes: 8 * 1024 * 1024,
    answer: buildConfiguration.extend({ startedBuilds: z.array(z.int()) }),
  }),
  remove: operation({
    id: 'deleteBuildConfiguration',
    method: 'DELETE',
    path: '/repositories/{namespace}/{name}/build-configuration',
    summary: 'Removes the configuration. Images and the history of builds stay.',
    tag,
    status: 204,
    params: repositoryPath,
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
  addRule: operation({
    id: 'addBuildRule',
    method: 'POST',
    path: '/repositories/{namespace}/{name}/build-rules',
    summary: 'Adds a rule to the configuration.',
    tag,
    status: 201,
    params: repositoryPath,
    query: noFields,
    body: buildRuleInput,
    answer: buildRule,
  }),
  updateRule: operation({
    id: 'updateBuildRule',
    method: 'PATCH',
    path: '/repositories/{namespace}/{name}/build-rules/{rule}',
    summary: 'Changes a rule; what is left out stays.',
    tag,
    status: 200,
    params: rulePath,
    query: noFields,
    body: ruleText.partial(),
    answer: buildRule,
  }),
  removeRule: operation({
    id: 'removeBuildRule',
    method: 'DELETE',
    path: '/repositories/{namespace}/{name}/build-rules/{rule}',
    summary: 'Removes a rule.',
    tag,
    status: 204,
    params: rulePath,
    query: noFields,
    body: nothing,
    answer: nothing,
  }),
  testRules: operation({
    id: 'testBuildRules',
    method: 'POST',
    path: '/repositories/{namespace}/{name}/build-rules/test',
    summary:
      'Tells what rules would do with refs, without building: given ones, or those of the source.',
    tag,
    status: 200,
    params: repositoryPath,
    query: noFields,
    body: z.object({
      rules: z.array(buildRuleInput).min(1).max(100).optional(),
      refs: z
        .array(z.object({ type: sourceType, name: z.string().max(255) }))
        .max(200)
        .optional(),
    }),
    // 100 rules and 200 refs, each as long as it may be.
    limitBytes: 1024 * 1024,
    answer: ruleTestResult,
  }),
};
