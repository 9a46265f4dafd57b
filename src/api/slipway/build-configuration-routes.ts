import {
  type BuildRule,
  type Builds,
  buildsErrors,
  type RuleText,
  type BuildConfiguration as Stored,
  type TestedRef,
  testRules,
} from '#builds';
import { type Hub, includesAccess, mayBuild, type Repository } from '#hub';
import type { Principal } from '#identity';
import { type Clock, parseRepositoryName } from '#kernel';
import {
  type BuildConfiguration,
  type BuildRuleInput,
  buildConfigurationOperations as operations,
} from '#protocol';
import type { Source, Sources } from '#sources';
import { apiErrors } from '../api-errors.ts';
import { repositoryAccess } from './repository-access.ts';
import { type Route, route } from './route.ts';
import { instantText } from './wire-instant.ts';

export interface BuildConfigurationRooms {
  readonly hub: Hub;
  readonly sources: Sources;
  readonly builds: Builds;
  readonly clock: Clock;
  /** In front of the paths of embedded repositories. */
  readonly publicUrl: string;
}

/** How repositories are built: source, rules, tests, variables. */
export function buildConfigurationRoutes(rooms: BuildConfigurationRooms): readonly Route[] {
  const { hub, builds } = rooms;
  const { configurations } = builds;
  return [
    route(operations.show, repositoryAccess(hub, 'read'), async ({ principal, repository }) => {
      const stored = await configurations.find(repository.id);
      if (stored === undefined) throw notSetUp(repository);
      return configurationAnswer(rooms, principal, stored);
    }),
    route(operations.save, repositoryAccess(hub, 'admin'), async (call) => {
      const { principal, repository, body, query } = call;
      await save(rooms, { principal, repository, body });
      const started =
        query.build === 'true'
          ? await builds.start({
              repositoryId: repository.id,
              startedBy: nameOf(principal),
              cause: 'save',
            })
          : { builds: [] };
      const answer = await configurationAnswer(rooms, principal, await stored(rooms, repository));
      return { ...answer, startedBuilds: [...started.builds] };
    }),
    route(operations.remove, repositoryAccess(hub, 'owner'), async ({ repository }) => {
      if (!(await configurations.remove(repository.id))) throw notSetUp(repository);
      return undefined;
    }),
    ...ruleRoutes(rooms),
  ];
}

function ruleRoutes(rooms: BuildConfigurationRooms): readonly Route[] {
  const { hub, builds } = rooms;
  const { configurations } = builds;
  return [
    route(operations.addRule, repositoryAccess(hub, 'admin'), async (call) => {
      const { principal, repository, body } = call;
      if ((await configurations.find(repository.id)) !== undefined) {
        return ruleAnswer(await configurations.addRule(repository.id, ruleText(body)));
      }
      // A first rule sets automated builds up, so that nobody has to write a whole configuration.
      await save(rooms, { principal, repository, body: { ...newConfiguration, rules: [body] } });
      const [rule] = (await stored(rooms, repository)).rules;
      if (rule === undefined) throw notSetUp(repository);
      return ruleAnswer(rule);
    }),
    route(operations.updateRule, repositoryAccess(hub, 'admin'), async (call) => {
      const { repository, params, body } = call;
      const change = Object.fromEntries(
        Object.entries(body).filter(([, value]) => value !== undefined),
      );
      return ruleAnswer(await configurations.updateRule(repository.id, params.ruleId, change));
    }),
    route(operations.removeRule, repositoryAccess(hub, 'admin'), async (call) => {
      await configurations.removeRule(call.repository.id, call.params.ruleId);
      return undefined;
    }),
    route(operations.testRules, repositoryAccess(hub, 'read'), async ({ repository, body }) => {
      const configuration = await configurations.find(repository.id);
      const rules = body.rules?.map(ruleText) ?? configuration?.rules;
      if (rules === undefined) throw notSetUp(repository);
      const refs = body.refs ?? (configuration ? await knownRefs(rooms, configuration) : []);
      const autotest = configuration?.autotest ?? 'off';
      const report = testRules({ rules, refs, autotest, now: rooms.clock.now() });
      return { refs: report.refs.map(testedAnswer), warnings: [...report.warnings] };
    }),
  ];
}

interface SaveRequest {
  readonly principal: Principal;
  readonly repository: Repository;
  readonly body: {
    readonly source?: { readonly repository: string } | undefined;
    readonly autotest: Stored['autotest'];
    readonly rules?: readonly BuildRuleInput[] | undefined;
    readonly variables: readonly { readonly name: string; readonly value?: string | undefined }[];
  };
}

const newConfiguration = { autotest: 'off', variables: [] } as const;

async function save(rooms: BuildConfigurationRooms, request: SaveRequest): Promise<void> {
  const { principal, repository, body } = request;
  const existing = await rooms.builds.configurations.find(repository.id);
  if (existing === undefined) await assertMaySetUp(rooms.hub, principal, repository);
  const sourceName = body.source?.repository ?? existing?.source.name ?? repository.name;
  const source = await linkSource(rooms, principal, sourceName);
  await rooms.builds.configurations.save({
    repositoryId: repository.id,
    repositoryName: repository.name,
    source: { id: source.id, name: source.name, defaultBranch: source.defaultBranch },
    autotest: body.autotest,
    variables: body.variables,
    ...(body.rules === undefined ? {} : { rules: body.rules.map(ruleText) }),
  });
}

/** The first configuration is its owner's to make; from then on administrators edit it. */
async function assertMaySetUp(hub: Hub, principal: Principal, { name }: Repository): Promise<void> {
  const seen = await hub.repositories.find(principal, name);
  if (seen !== undefined && mayBuild(seen.access, 'setUpBuilds')) return;
  throw apiErrors.fail('FORBIDDEN', `only an owner of ${name} may set up automated builds`);
}

/** The embedded repository of that name, made where there is none, for who may push there. */
async function linkSource(
  { hub, sources }: BuildConfigurationRooms,
  principal: Principal,
  text: string,
): Promise<Source> {
  const name = parseRepositoryName(text);
  const rights = await hub.registryRights.find(principal, name);
  if (!rights.actions.includes('push')) {
    throw apiErrors.fail('FORBIDDEN', `source.repository: you may not use ${name} as a source`, {
      detail: { field: 'source.repository' },
    });
  }
  return (await sources.findEmbedded(name)) ?? sources.createEmbedded(name);
}

async function stored({ builds }: BuildConfigurationRooms, repository: Repository) {
  const configuration = await builds.configurations.find(repository.id);
  if (configuration === undefined) throw notSetUp(repository);
  return configuration;
}

async function knownRefs({ sources }: BuildConfigurationRooms, { source }: Stored) {
  const refs = await sources.listRefs(source.id);
  return refs.map(({ type, name, commit }) => ({ type, name, commit }));
}

function notSetUp({ name }: Repository) {
  return buildsErrors.fail(
    'CONFIGURATION_UNKNOWN',
    `automated builds are not set up for ${name}; save a build configuration first`,
  );
}

/** Values of variables are for those who may administer the repository; others see names. */
async function configurationAnswer(
  { hub, builds, publicUrl }: BuildConfigurationRooms,
  principal: Principal,
  configuration: Stored,
): Promise<BuildConfiguration> {
  const { repositoryId, source, autotest, rules, updatedAt } = configuration;
  const seen = await hub.repositories.findById(principal, repositoryId);
  const seesValues = seen !== undefined && includesAccess(seen.access, 'admin');
  const variables = seesValues
    ? await builds.configurations.variables(repositoryId)
    : (await builds.configurations.variableNames(repositoryId)).map((name) => ({ name }));
  return {
    source: {
      provider: 'embedded',
      repository: source.name,
      cloneUrl: `${publicUrl}/git/${source.name}.git`,
    },
    autotest,
    rules: rules.map(ruleAnswer),
    variables: [...variables],
    updatedAt: instantText(updatedAt),
  };
}

function ruleAnswer(rule: BuildRule) {
  const { id, sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching } = rule;
  return { id, sourceType, source, dockerTags, buildContext, dockerfile, autobuild, caching };
}

function testedAnswer({ type, name, outcome, tags, matched, text }: TestedRef) {
  return { type, name, outcome, tags: [...tags], text, ...(matched && { matched }) };
}

function ruleText(input: BuildRuleInput): RuleText {
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

function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.name : 'nobody';
}
