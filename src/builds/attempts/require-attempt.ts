import type { WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import type { Attempt, Build } from '../lifecycle/build.ts';
import { findBuild } from '../lifecycle/build-store.ts';
import { findAttempt } from './attempt-store.ts';

/** An attempt with its build. Throws `ATTEMPT_UNKNOWN`. */
export async function requireAttempt(
  tx: WriteTransaction,
  attemptId: string,
): Promise<{ readonly attempt: Attempt; readonly build: Build }> {
  const attempt = await findAttempt(tx, attemptId);
  const build = attempt && (await findBuild(tx, attempt.buildId));
  if (attempt !== undefined && build !== undefined) return { attempt, build };
  throw buildsErrors.fail('ATTEMPT_UNKNOWN', `there is no attempt ${attemptId.slice(0, 40)}`);
}

/** Throws `BUILD_UNKNOWN`. */
export async function requireBuild(tx: WriteTransaction, buildId: number): Promise<Build> {
  const build = await findBuild(tx, buildId);
  if (build !== undefined) return build;
  throw buildsErrors.fail('BUILD_UNKNOWN', `there is no build ${buildId}`, { detail: { buildId } });
}
