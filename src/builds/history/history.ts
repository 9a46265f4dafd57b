import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { requireRepository } from '#repositories';
import type { Delivery } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import { findConfiguration } from '../configurations/configuration-store.ts';
import { listBuilds } from '../lifecycle/build-store.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { firstVerdicts, type Verdict } from '../planning/verdict-store.ts';
import { type BuildReport, type ListedBuild, reportOf, toListed } from './build-report.ts';

/** What the source told us, and what the rules made of it. */
export interface DeliveryReport extends Delivery {
  readonly verdicts: readonly Verdict[];
  /** Not all changes and verdicts of it are listed. */
  readonly isCut: boolean;
}

/** Part of a list, the newest first. */
export interface HistoryPage {
  /** Begin with the one before this. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface DeliveriesPage extends HistoryPage {
  /** How many changes and how many verdicts each lists at most, 100 by default. */
  readonly partsOfEach?: number;
}

const usualParts = 100;

/**
 * What was built, and why not. Throws `REPOSITORY_UNKNOWN` and `BUILD_UNKNOWN`, also for what the
 * principal may not see, and `ACCESS_DENIED`.
 */
export interface History {
  list(
    principal: Principal,
    repository: RepositoryName,
    page: HistoryPage,
  ): Promise<readonly ListedBuild[]>;

  /** With attempts, phases, published tags, and what a pending build waits for. */
  report(principal: Principal, buildId: number): Promise<BuildReport>;

  /** Empty for a repository that is not built. */
  deliveries(
    principal: Principal,
    repository: RepositoryName,
    page: DeliveriesPage,
  ): Promise<readonly DeliveryReport[]>;
}

type HistoryParts = Pick<BuildsParts, 'database' | 'queue' | 'sources'>;

export function createHistory(parts: HistoryParts): History {
  const { database, queue } = parts;
  return {
    list: (principal, name, page) =>
      database.read(async (tx) => {
        const repository = await requireRepository(tx, principal, { name }, 'viewBuilds');
        const { id: repositoryId } = repository;
        return toListed(tx, repository, await listBuilds(tx, { ...page, repositoryId }));
      }),
    report: (principal, buildId) =>
      database.read(async (tx) =>
        reportOf(
          tx,
          queue,
          await requireBuildFor(tx, { principal, buildId, action: 'viewBuilds' }),
        ),
      ),
    deliveries: (principal, name, page) => listDeliveries(parts, { principal, name }, page),
  };
}

async function listDeliveries(
  { database, sources }: HistoryParts,
  { principal, name }: { readonly principal: Principal; readonly name: RepositoryName },
  { partsOfEach: most = usualParts, ...page }: DeliveriesPage,
): Promise<readonly DeliveryReport[]> {
  const configuration = await database.read(async (tx) => {
    const { id } = await requireRepository(tx, principal, { name }, 'viewDeliveries');
    return findConfiguration(tx, id);
  });
  if (configuration === undefined) return [];
  const { repositoryId, sourceId } = configuration;
  // One more than is shown tells whether there are more.
  const deliveries = await sources.listDeliveries(sourceId, { ...page, changesOfEach: most + 1 });
  return database.read(async (tx) => {
    const reports: DeliveryReport[] = [];
    for (const delivery of deliveries) {
      const place = { repositoryId, deliveryId: delivery.id };
      const { verdicts, isCut } = await firstVerdicts(tx, place, most);
      const changes = delivery.changes.slice(0, most);
      reports.push({
        ...delivery,
        changes,
        verdicts,
        isCut: isCut || delivery.changes.length > most,
      });
    }
    return reports;
  });
}
