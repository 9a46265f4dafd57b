import type { Builds } from '#builds';
import { buildOperations as operations } from '#protocol';
import { apiErrors } from '../api-errors.ts';
import type { KeysetWindow } from '../kit/paging.ts';
import type { Route } from '../kit/route.ts';
import { askedByRoom, repositoryIn } from './asked-by-room.ts';
import { buildAnswer, deliveryAnswer, lineAnswer, reportAnswer } from './build-answers.ts';
import { listRoute, route } from './route.ts';

/** Builds: started, listed, shown, canceled, tried again; their logs, and what pushes came to. */
export function buildRoutes(builds: Builds): readonly Route[] {
  const { history, logs } = builds;
  return [
    listRoute(operations.list, askedByRoom('viewBuilds'), async ({ principal, params, page }) => {
      const found = await history.list(principal, repositoryIn(params), pageOf(page));
      return { items: found.map(buildAnswer), keyOf };
    }),
    route(operations.start, askedByRoom('startBuild'), async ({ principal, params, body }) => {
      const request = { ref: body.ref, cause: 'manual' } as const;
      const started = await builds.start(principal, repositoryIn(params), request);
      return { builds: [...started.builds], notes: [...started.notes] };
    }),
    route(operations.show, askedByRoom('viewBuilds'), async ({ principal, params }) =>
      reportAnswer(await history.report(principal, params.buildId)),
    ),
    route(operations.cancel, askedByRoom('cancelBuild'), async ({ principal, params }) =>
      buildAnswer(await builds.cancel(principal, params.buildId)),
    ),
    route(operations.retry, askedByRoom('retryBuild'), async ({ principal, params }) =>
      buildAnswer(await builds.retry(principal, params.buildId)),
    ),
    route(operations.log, askedByRoom('viewBuildLogs'), async ({ principal, params, query }) => {
      const { attempt, lines, next, isComplete } = await logs.read(
        principal,
        params.buildId,
        query,
      );
      return { attempt, lines: lines.map(lineAnswer), next, complete: isComplete };
    }),
    listRoute(
      operations.deliveries,
      askedByRoom('viewDeliveries'),
      async ({ principal, params, page }) => {
        const found = await history.deliveries(principal, repositoryIn(params), pageOf(page));
        return { items: found.map(deliveryAnswer), keyOf };
      },
    ),
  ];
}

function keyOf({ id }: { readonly id: number }): string {
  return String(id);
}

/** Throws `VALIDATION_FAILED` for the end of no page. */
function pageOf({ after, take: limit }: KeysetWindow) {
  if (after === undefined) return { limit };
  if (/^\d{1,15}$/.test(after)) return { before: Number(after), limit };
  throw apiErrors.fail('VALIDATION_FAILED', 'after: hand in the "next" of the page before', {
    detail: { field: 'after' },
  });
}
