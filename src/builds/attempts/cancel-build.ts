import { nameOf, type Principal } from '#access';
import type { BuildsParts } from '../builds-options.ts';
import { type ListedBuild, listedBuild } from '../history/build-report.ts';
import type { AttemptLogs } from '../logs/attempt-logs.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { stopBuild } from './stop-build.ts';

type CancelingParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'publisher' | 'events' | 'logger'
> & {
  readonly attemptLogs: AttemptLogs;
};

/** Somebody's wish; see `Builds.cancel`. The log ends with who it was. */
export async function cancelBuild(
  parts: CancelingParts,
  principal: Principal,
  buildId: number,
): Promise<ListedBuild> {
  const message = `The build was canceled by ${nameOf(principal)}.`;
  const build = await parts.database.transact(async (tx) => {
    await requireBuildFor(tx, { principal, buildId, action: 'cancelBuild' });
    return listedBuild(tx, await stopBuild(tx, parts, buildId, { reason: 'canceled_by', message }));
  });
  await closeLogs(parts, buildId);
  return build;
}

/** The build is canceled, whatever becomes of this: a duty closes what is left open. */
async function closeLogs({ attemptLogs, logger }: CancelingParts, buildId: number): Promise<void> {
  try {
    await attemptLogs.closeOf(buildId);
  } catch (error) {
    logger.warn({ error, buildId }, 'the log of a canceled build could not be closed at once');
  }
}
