import { nameOf } from '#access';
import type { Builds, Build as StoredBuild } from '#builds';
import { type DeliveryReport, buildOperations as operations } from '#protocol';
import type { Repositories, Repository } from '#repositories';
import type { Sources } from '#sources';
import { apiErrors } from '../api-errors.ts';
import type { KeysetFound, KeysetWindow } from '../kit/paging.ts';
import type { Route } from '../kit/route.ts';
import { buildAccess } from './build-access.ts';
import { buildAnswer, deliveryAnswer, lineAnswer, reportAnswer } from './build-answers.ts';
import { repositoryAccess } from './repository-access.ts';
import { listRoute, route } from './route.ts';

export interface BuildRooms {
  readonly repositories: Repositories;
  readonly sources: Sources;
  readonly builds: Builds;
}

/** Builds: started, listed, shown, canceled, tried again; their logs, and what pushes came to. */
export function buildRoutes(rooms: BuildRooms): readonly Route[] {
  const { repositories, builds } = rooms;
  return [
    listRoute(operations.list, repositoryAccess(repositories, 'viewBuilds'), async (call) => {
      const { repository, page } = call;
      const before = pageKey(page.after);
      const limit = page.take;
      const found = await builds.history.list({ repositoryId: repository.id, before, limit });
      const counts = await builds.history.attemptCounts(found.map(({ id }) => id));
      const items = found.map((build) => buildAnswer(build, counts.get(build.id) ?? 0));
      return { items, keyOf: idKey };
    }),
    route(operations.start, repositoryAccess(repositories, 'startBuild'), async (call) => {
      const { principal, repository, body } = call;
      const started = await builds.start({
        repositoryId: repository.id,
        ref: body.ref,
        startedBy: nameOf(principal),
        cause: 'manual',
      });
      return { builds: [...started.builds], notes: [...started.notes] };
    }),
    route(operations.show, buildAccess(rooms, 'viewBuilds'), async ({ build }) =>
      reportAnswer(await reportOf(builds, build)),
    ),
    route(operations.cancel, buildAccess(rooms, 'cancelBuild'), async ({ build, principal }) =>
      answerOf(builds, await builds.cancel(build.id, nameOf(principal))),
    ),
    route(operations.retry, buildAccess(rooms, 'retryBuild'), async ({ build }) =>
      answerOf(builds, await builds.retry(build.id)),
    ),
    route(operations.log, buildAccess(rooms, 'viewBuildLogs'), async ({ build, query }) => {
      const number = query.attempt ?? (await newestAttempt(builds, build));
      const page = await builds.logs.read(`${build.id}-${number}`, query);
      const { lines, next, isComplete: complete } = page;
      return { attempt: number, lines: lines.map(lineAnswer), next, complete };
    }),
    listRoute(operations.deliveries, repositoryAccess(repositories, 'viewDeliveries'), (call) =>
      listDeliveries(rooms, call.repository, call.page),
    ),
  ];
}

async function listDeliveries(
  { sources, builds }: BuildRooms,
  repository: Repository,
  { after, take }: KeysetWindow,
): Promise<KeysetFound<DeliveryReport>> {
  const configuration = await builds.configurations.find(repository.id);
  if (configuration === undefined) return { items: [], keyOf: idKey };
  const before = pageKey(after);
  const found = await sources.listDeliveries(configuration.sourceId, {
    limit: take,
    ...(before === undefined ? {} : { before }),
  });
  const ids = found.map(({ id }) => id);
  const verdicts = await builds.history.verdicts(repository.id, ids);
  const items = found.map((delivery) => deliveryAnswer(delivery, verdicts.get(delivery.id) ?? []));
  return { items, keyOf: idKey };
}

async function reportOf(builds: Builds, { id }: StoredBuild) {
  const report = await builds.history.report(id);
  if (report !== undefined) return report;
  throw apiErrors.fail('NOT_FOUND', `there is no build ${id}, or you may not see it`);
}

async function answerOf(builds: Builds, build: StoredBuild) {
  const counts = await builds.history.attemptCounts([build.id]);
  return buildAnswer(build, counts.get(build.id) ?? 0);
}

/** Throws `NOT_FOUND` for a build that has not begun. */
export async function newestAttempt(builds: Builds, build: StoredBuild): Promise<number> {
  const newest = (await reportOf(builds, build)).attempts.at(-1);
  if (newest !== undefined) return newest.number;
  throw apiErrors.fail('NOT_FOUND', `build ${build.id} waits and has no log yet`);
}

function idKey({ id }: { readonly id: number }): string {
  return String(id);
}

function pageKey(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw apiErrors.fail('VALIDATION_FAILED', 'after: hand in the "next" of the page before', {
    detail: { field: 'after' },
  });
}
