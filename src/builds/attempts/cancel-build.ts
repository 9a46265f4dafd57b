import { nameOf, type Principal } from '#access';
import type { BuildsParts } from '../builds-options.ts';
import { type ListedBuild, listedBuild } from '../history/build-report.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { stopBuild } from './stop-build.ts';

type CancelingParts = Pick<BuildsParts, 'database' | 'queue' | 'clock' | 'publisher' | 'events'>;

/** Somebody's wish; see `Builds.cancel`. The log will end with who it was, as soon as it is closed. */
export async function cancelBuild(
  parts: CancelingParts,
  principal: Principal,
  buildId: number,
): Promise<ListedBuild> {
  const message = `The build was canceled by ${nameOf(principal)}.`;
  return parts.database.transact(async (tx) => {
    await requireBuildFor(tx, { principal, buildId, action: 'cancelBuild' });
    return listedBuild(tx, await stopBuild(tx, parts, buildId, { reason: 'canceled_by', message }));
  });
}
