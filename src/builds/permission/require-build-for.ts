import { assertAllowed, type Principal } from '#access';
import type { RepositoryAction } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { decideFor } from '#repositories';
import { buildsErrors } from '../builds-errors.ts';
import type { Build } from '../lifecycle/build.ts';
import { findBuild } from '../lifecycle/build-store.ts';

/** Somebody who wants to do something with a build. */
export interface BuildWish {
  readonly principal: Principal;
  readonly buildId: number;
  readonly action: RepositoryAction;
}

/**
 * The build, for somebody who may do this with builds of its repository. Throws `BUILD_UNKNOWN` for
 * what may not be seen, word for word as for what is not there; else what `assertAllowed` throws.
 */
export async function requireBuildFor(
  tx: ReadTransaction | WriteTransaction,
  { principal, buildId, action }: BuildWish,
): Promise<Build> {
  const build = await findBuild(tx, buildId);
  const decided = build && (await decideFor(tx, principal, { id: build.repositoryId }, action));
  if (build === undefined || decided?.outcome !== 'decided') throw unknownBuild(buildId);
  assertAllowed(decided.decision);
  return build;
}

function unknownBuild(buildId: number) {
  return buildsErrors.fail('BUILD_UNKNOWN', `there is no build ${buildId}, or you may not see it`);
}
