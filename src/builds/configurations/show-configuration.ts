import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import type { ReadTransaction } from '#platform/db';
import { decideFor, type Repository, requireRepository } from '#repositories';
import { requireSource } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import { openVariables } from './build-variables.ts';
import type { ShownConfiguration, ShownVariable } from './configuration.ts';
import { listVariables } from './configuration-store.ts';
import { requireConfiguration } from './require-configuration.ts';

type ShowingParts = Pick<BuildsParts, 'database' | 'secretBox'>;

/** See `Configurations.show`. */
export function showConfiguration(
  parts: ShowingParts,
  principal: Principal,
  name: RepositoryName,
): Promise<ShownConfiguration> {
  return parts.database.read(async (tx) => {
    const repository = await requireRepository(tx, principal, { name }, 'viewBuilds');
    const configuration = await requireConfiguration(tx, repository);
    const source = await requireSource(tx, configuration.sourceId);
    const variables = await showVariables(tx, parts, { principal, repository });
    return { ...configuration, source, variables };
  });
}

async function showVariables(
  tx: ReadTransaction,
  { secretBox }: ShowingParts,
  { principal, repository }: { readonly principal: Principal; readonly repository: Repository },
): Promise<readonly ShownVariable[]> {
  const { id } = repository;
  const decided = await decideFor(tx, principal, { id }, 'viewBuildVariables');
  const variables = await listVariables(tx, id);
  const seesValues = decided.outcome === 'decided' && decided.decision.isAllowed;
  return seesValues ? openVariables(secretBox, variables) : variables.map(({ name }) => ({ name }));
}
