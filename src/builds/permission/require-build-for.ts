import { type Decision, type Principal, refusalOf } from '#access';
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
 * The build, for somebody who may do this with builds of its repository. Throws `BUILD_UNKNOWN` to who
 * may not view them, word for word as for what is not there, also where the repository may be seen;
 * else what `assertAllowed` throws.
 */
export async function requireBuildFor(
  tx: ReadTransaction | WriteTransaction,
  { principal, buildId, action }: BuildWish,
): Promise<Build> {
  const build = await findBuild(tx, buildId);
  if (build === undefined) throw unknownBuild(buildId);
  const decision = await decideOn(tx, principal, build, action);
  if (decision?.isAllowed === true) return build;
  const seeing = await decideOn(tx, principal, build, 'viewBuilds');
  if (decision === undefined || seeing?.isAllowed !== true) throw unknownBuild(buildId);
  throw refusalOf(decision);
}

async function decideOn(
  tx: ReadTransaction | WriteTransaction,
  principal: Principal,
  { repositoryId }: Build,
  action: RepositoryAction,
): Promise<Decision | undefined> {
  const decided = await decideFor(tx, principal, { id: repositoryId }, action);
  return decided.outcome === 'decided' ? decided.decision : undefined;
}

function unknownBuild(buildId: number) {
  return buildsErrors.fail('BUILD_UNKNOWN', `there is no build ${buildId}, or you may not see it`);
}
