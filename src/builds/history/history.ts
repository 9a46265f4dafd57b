import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import { requireRepository } from '#repositories';
import type { Delivery } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import { findConfiguration } from '../configurations/configuration-store.ts';
import { listBuilds } from '../lifecycle/build-store.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { listVerdicts, type Verdict } from '../planning/verdict-store.ts';
import { type BuildReport, type ListedBuild, reportOf, toListed } from './build-report.ts';

/** What the source told us, and what the rules made of it. */
export interface DeliveryReport extends Delivery {
  readonly verdicts: readonly Verdict[];
}

/** Part of a list, the newest first. */
export interface HistoryPage {
  /** Begin with the one before this. */
  readonly before?: number | undefined;
  readonly limit: number;
}

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
    page: HistoryPage,
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
  page: HistoryPage,
): Promise<readonly DeliveryReport[]> {
  const configuration = await database.read(async (tx) => {
    const { id } = await requireRepository(tx, principal, { name }, 'viewDeliveries');
    return findConfiguration(tx, id);
  });
  if (configuration === undefined) return [];
  const { repositoryId, sourceId } = configuration;
  const deliveries = await sources.listDeliveries(sourceId, page);
  const ids = deliveries.map(({ id }) => id);
  const verdicts = await database.read((tx) => listVerdicts(tx, repositoryId, ids));
  return deliveries.map((delivery) => ({ ...delivery, verdicts: verdicts.get(delivery.id) ?? [] }));
}
