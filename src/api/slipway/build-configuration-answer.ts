import type { Principal } from '#access';
import type { BuildConfiguration as Stored } from '#builds';
import type { BuildConfiguration } from '#protocol';
import { ruleAnswer } from './build-rule-text.ts';
import type { ConfigurationRooms } from './save-configuration.ts';
import { instantText } from './wire-instant.ts';

/** Values of variables are for those who may administer the repository; others see names. */
export async function configurationAnswer(
  { repositories, sources, builds, publicUrl }: ConfigurationRooms,
  principal: Principal,
  configuration: Stored,
): Promise<BuildConfiguration> {
  const { repositoryId, sourceId, autotest, rules, updatedAt } = configuration;
  const seen = await repositories.findById(principal, repositoryId);
  const seesValues = seen?.decide('viewBuildVariables').isAllowed === true;
  const variables = seesValues
    ? await builds.configurations.variables(repositoryId)
    : (await builds.configurations.variableNames(repositoryId)).map((name) => ({ name }));
  const source = await sources.get(sourceId);
  const clone = await sources.cloneAccess(sourceId);
  return {
    source: {
      provider: source.provider,
      repository: source.name,
      cloneUrl: `${publicUrl}${clone.path}`,
    },
    autotest,
    rules: rules.map(ruleAnswer),
    variables: [...variables],
    updatedAt: instantText(updatedAt),
  };
}
