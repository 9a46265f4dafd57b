import type { Principal } from '#access';
import { type BuildConfiguration, type TestedRef, testRules } from '#builds';
import { buildConfigurationOperations as operations } from '#protocol';
import type { Repository } from '#repositories';
import type { Route } from '../kit/route.ts';
import { refusal } from './access.ts';
import { ruleAnswer, ruleText } from './build-rule-text.ts';
import { repositoryAccess } from './repository-access.ts';
import { notSetUp, requireConfiguration } from './require-configuration.ts';
import { route } from './route.ts';
import {
  type ConfigurationRooms,
  newConfiguration,
  saveConfiguration,
} from './save-configuration.ts';

/** Rules one by one, and what they would do. */
export function buildRuleRoutes(rooms: ConfigurationRooms): readonly Route[] {
  const { repositories, builds } = rooms;
  const { configurations } = builds;
  return [
    route(operations.addRule, repositoryAccess(repositories, 'editBuildSettings'), async (call) => {
      const { principal, repository, body } = call;
      if ((await configurations.find(repository.id)) !== undefined) {
        return ruleAnswer(await configurations.addRule(repository.id, ruleText(body)));
      }
      const first = { ...newConfiguration, rules: [body] };
      await saveConfiguration(rooms, { principal, repository, body: first });
      const [rule] = (await requireConfiguration(rooms, repository)).rules;
      if (rule === undefined) throw notSetUp(repository);
      return ruleAnswer(rule);
    }),
    route(
      operations.updateRule,
      repositoryAccess(repositories, 'editBuildSettings'),
      async (call) => {
        const { repository, params, body } = call;
        const change = Object.fromEntries(
          Object.entries(body).filter(([, value]) => value !== undefined),
        );
        return ruleAnswer(await configurations.updateRule(repository.id, params.ruleId, change));
      },
    ),
    route(
      operations.removeRule,
      repositoryAccess(repositories, 'editBuildSettings'),
      async (call) => {
        await configurations.removeRule(call.repository.id, call.params.ruleId);
        return undefined;
      },
    ),
    route(operations.testRules, repositoryAccess(repositories, 'viewBuilds'), async (call) => {
      const { principal, repository, body } = call;
      const configuration = await configurations.find(repository.id);
      const rules = body.rules?.map(ruleText) ?? configuration?.rules;
      if (rules === undefined) throw notSetUp(repository);
      const refs = body.refs ?? (await knownRefs(rooms, { principal, repository, configuration }));
      const autotest = configuration?.autotest ?? 'off';
      const report = testRules({ rules, refs, autotest, now: rooms.clock.now() });
      return { refs: report.refs.map(testedAnswer), warnings: [...report.warnings] };
    }),
  ];
}

interface RefsRequest {
  readonly principal: Principal;
  readonly repository: Repository;
  readonly configuration: BuildConfiguration | undefined;
}

/** The source's own refs, for those who may build them: a public image may have a private source. */
async function knownRefs(
  { repositories, sources }: ConfigurationRooms,
  { principal, repository, configuration }: RefsRequest,
) {
  const seen = await repositories.findById(principal, repository.id);
  if (seen?.decide('startBuild').isAllowed !== true) {
    throw refusal(
      principal,
      `refs: name some; you may not see those of ${repository.name}'s source`,
    );
  }
  if (configuration === undefined) return [];
  const refs = await sources.listRefs(configuration.sourceId);
  return refs.map(({ type, name, commit }) => ({ type, name, commit }));
}

function testedAnswer({ type, name, outcome, tags, matched, text }: TestedRef) {
  return { type, name, outcome, tags: [...tags], text, ...(matched && { matched }) };
}
