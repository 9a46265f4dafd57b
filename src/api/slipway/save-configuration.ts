import { accessErrors, assertAllowed, type Principal } from '#access';
import type { Builds, BuildConfiguration as Stored } from '#builds';
import { type Clock, parseRepositoryName } from '#kernel';
import type { BuildRuleInput } from '#protocol';
import type { Repositories, Repository } from '#repositories';
import type { Source, Sources } from '#sources';
import { ruleText } from './build-rule-text.ts';

export interface ConfigurationRooms {
  readonly repositories: Repositories;
  readonly sources: Sources;
  readonly builds: Builds;
  readonly clock: Clock;
  /** In front of the paths of embedded repositories. */
  readonly publicUrl: string;
}

export interface SaveRequest {
  readonly principal: Principal;
  readonly repository: Repository;
  readonly body: {
    readonly source?: { readonly repository: string } | undefined;
    readonly autotest: Stored['autotest'];
    readonly rules?: readonly BuildRuleInput[] | undefined;
    readonly variables: readonly { readonly name: string; readonly value?: string | undefined }[];
  };
}

/** What a first rule sets up, so that nobody has to write a whole configuration. */
export const newConfiguration = { autotest: 'off', variables: [] } as const;

/**
 * Links the source, made where it is missing, and stores rules and variables. Throws what
 * `Configurations.save` does, and `ACCESS_DENIED` for who may not set builds up or use the source.
 */
export async function saveConfiguration(
  rooms: ConfigurationRooms,
  request: SaveRequest,
): Promise<void> {
  const { principal, repository, body } = request;
  const existing = await rooms.builds.configurations.find(repository.id);
  if (existing === undefined) await assertMaySetUp(rooms.repositories, principal, repository);
  const stored = existing && (await rooms.sources.get(existing.sourceId));
  const sourceName = body.source?.repository ?? stored?.name ?? repository.name;
  const source = await linkSource(rooms, principal, sourceName);
  await rooms.builds.configurations.save({
    repositoryId: repository.id,
    repositoryName: repository.name,
    sourceId: source.id,
    defaultBranch: source.defaultBranch,
    autotest: body.autotest,
    variables: body.variables,
    ...(body.rules === undefined ? {} : { rules: body.rules.map(ruleText) }),
  });
}

/** The first configuration is its owner's to make; from then on administrators edit it. */
async function assertMaySetUp(
  repositories: Repositories,
  principal: Principal,
  { name }: Repository,
): Promise<void> {
  const seen = await repositories.find(principal, name);
  if (seen !== undefined) assertAllowed(seen.decide('setUpBuilds'));
}

/** The embedded repository of that name, made where there is none, for who may push there. */
async function linkSource(
  { repositories, sources }: ConfigurationRooms,
  principal: Principal,
  text: string,
): Promise<Source> {
  const name = parseRepositoryName(text);
  const decision = await repositories.sourceRights.decide(principal, { name }, 'writeSource');
  if (!decision.isAllowed) {
    throw accessErrors.fail(
      'ACCESS_DENIED',
      `source.repository: you may not use ${name} as a source`,
      {
        detail: { field: 'source.repository' },
      },
    );
  }
  return sources.link({ provider: 'embedded', name });
}
