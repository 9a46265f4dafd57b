import type { Builds, ShownConfiguration, TestedRef } from '#builds';
import { type BuildConfiguration, buildConfigurationOperations as operations } from '#protocol';
import type { Route } from '../kit/route.ts';
import { askedByRoom, repositoryIn } from './asked-by-room.ts';
import { route } from './route.ts';
import { instantText } from './wire-instant.ts';

export interface BuildConfigurationOptions {
  readonly builds: Builds;
  /** In front of the paths of embedded repositories. */
  readonly publicUrl: string;
}

/** How repositories are built: source, rules, tests, variables; and what rules would do. */
export function buildConfigurationRoutes(options: BuildConfigurationOptions): readonly Route[] {
  const { publicUrl } = options;
  const { configurations } = options.builds;
  return [
    route(operations.show, askedByRoom('viewBuilds'), async ({ principal, params }) =>
      configurationAnswer(await configurations.show(principal, repositoryIn(params)), publicUrl),
    ),
    route(operations.save, askedByRoom('editBuildSettings'), async (call) => {
      const { source, ...body } = call.body;
      const saved = await configurations.save(call.principal, repositoryIn(call.params), {
        ...body,
        source: source && { provider: source.provider, name: source.repository },
        build: call.query.build === 'true',
      });
      const startedBuilds = [...saved.startedBuilds];
      return { ...configurationAnswer(saved, publicUrl), startedBuilds };
    }),
    route(operations.remove, askedByRoom('deleteBuildSettings'), async ({ principal, params }) => {
      await configurations.remove(principal, repositoryIn(params));
      return undefined;
    }),
    ...ruleRoutes(options.builds),
  ];
}

function ruleRoutes({ configurations }: Builds): readonly Route[] {
  return [
    route(operations.addRule, askedByRoom('editBuildSettings'), ({ principal, params, body }) =>
      configurations.addRule(principal, repositoryIn(params), body),
    ),
    route(operations.updateRule, askedByRoom('editBuildSettings'), ({ principal, params, body }) =>
      configurations.updateRule(principal, repositoryIn(params), {
        ...body,
        number: params.rule,
      }),
    ),
    route(
      operations.removeRule,
      askedByRoom('editBuildSettings'),
      async ({ principal, params }) => {
        await configurations.removeRule(principal, repositoryIn(params), params.rule);
        return undefined;
      },
    ),
    route(
      operations.testRules,
      askedByRoom('testBuildRules'),
      async ({ principal, params, body }) => {
        const { refs, warnings } = await configurations.testRules(
          principal,
          repositoryIn(params),
          body,
        );
        return { refs: refs.map(testedAnswer), warnings: [...warnings] };
      },
    ),
  ];
}

function configurationAnswer(
  { source, autotest, version, rules, variables, updatedAt }: ShownConfiguration,
  publicUrl: string,
): BuildConfiguration {
  return {
    source: {
      provider: source.provider,
      repository: source.name,
      cloneUrl: `${publicUrl}/git/${source.name}.git`,
    },
    autotest,
    version,
    rules: [...rules],
    variables: [...variables],
    updatedAt: instantText(updatedAt),
  };
}

function testedAnswer({ tags, ...tested }: TestedRef) {
  return { ...tested, tags: [...tags] };
}
