import type { Principal } from '#access';
import type { Database } from '#platform/db';
import { decideFor } from '#repositories';
import { listConfigured } from './configuration-store.ts';

/** Which of these repositories are built here, as far as the principal may see builds of them. */
export function whichAreSetUp(
  database: Database,
  principal: Principal,
  repositoryIds: readonly number[],
): Promise<ReadonlySet<number>> {
  return database.read(async (tx) => {
    const seen = new Set<number>();
    for (const id of await listConfigured(tx, repositoryIds)) {
      const decided = await decideFor(tx, principal, { id }, 'viewBuilds');
      if (decided.outcome === 'decided' && decided.decision.isAllowed) seen.add(id);
    }
    return seen;
  });
}
