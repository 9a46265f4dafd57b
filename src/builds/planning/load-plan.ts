import type { WriteTransaction } from '#platform/db';
import type { BuildsParts } from '../builds-options.ts';
import { deleteConfiguration, findConfiguration } from '../configurations/configuration-store.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';
import { readRules } from '../rules/parse-rules.ts';
import type { Plan } from './plan-ref.ts';

export type PlanLoadingParts = Pick<
  BuildsParts,
  'queue' | 'clock' | 'limits' | 'events' | 'logger'
>;

/**
 * What pushes are planned by. `undefined` where builds are not set up; of a repository that was deleted
 * the settings go with it, at the latest now.
 */
export async function loadPlan(
  tx: WriteTransaction,
  { clock }: Pick<PlanLoadingParts, 'clock'>,
  repositoryId: number,
): Promise<Plan | undefined> {
  const configuration = await findConfiguration(tx, repositoryId);
  if (configuration === undefined) return undefined;
  const place = await queuePlaceOf(tx, repositoryId);
  if (place.isDeleted) {
    await deleteConfiguration(tx, repositoryId);
    return undefined;
  }
  const rules = readRules(configuration.rules);
  return { configuration, place, rules, cause: 'delivery', now: clock.now() };
}
