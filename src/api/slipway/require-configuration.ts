import { type BuildConfiguration, buildsErrors } from '#builds';
import type { Repository } from '#repositories';
import type { ConfigurationRooms } from './save-configuration.ts';

/** Throws `CONFIGURATION_UNKNOWN`. */
export async function requireConfiguration(
  { builds }: Pick<ConfigurationRooms, 'builds'>,
  repository: Repository,
): Promise<BuildConfiguration> {
  const configuration = await builds.configurations.find(repository.id);
  if (configuration === undefined) throw notSetUp(repository);
  return configuration;
}

export function notSetUp({ name }: Repository) {
  return buildsErrors.fail(
    'CONFIGURATION_UNKNOWN',
    `automated builds are not set up for ${name}; save a build configuration first`,
  );
}
