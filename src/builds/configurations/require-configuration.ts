import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { Repository } from '#repositories';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildConfiguration } from './configuration.ts';
import { findConfiguration } from './configuration-store.ts';

/** Throws `CONFIGURATION_UNKNOWN`. */
export async function requireConfiguration(
  tx: ReadTransaction | WriteTransaction,
  repository: Pick<Repository, 'id' | 'name'>,
): Promise<BuildConfiguration> {
  const configuration = await findConfiguration(tx, repository.id);
  if (configuration === undefined) throw notSetUp(repository);
  return configuration;
}

export function notSetUp({ name }: Pick<Repository, 'name'>) {
  return buildsErrors.fail(
    'CONFIGURATION_UNKNOWN',
    `automated builds are not set up for ${name}; save a build configuration first`,
  );
}
