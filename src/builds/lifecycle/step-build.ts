import type { WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { Build } from './build.ts';
import { type BuildStep, nextBuildState } from './build-state-policy.ts';
import { type BuildChange, updateBuild } from './build-store.ts';

/**
 * Takes a build one step further, as its states allow. The caller has locked the build's job, so that
 * nobody else steps at the same time. Throws `BUILD_STATE`.
 */
export async function stepBuild(
  tx: WriteTransaction,
  { events }: Pick<BuildsParts, 'events'>,
  build: Build,
  { step, ...change }: Omit<BuildChange, 'state'> & { readonly step: BuildStep },
): Promise<void> {
  const state = nextBuildState(build.state, step);
  if (state === undefined) throw wrongState(build, step);
  await updateBuild(tx, build.id, { ...change, state });
  const { id: buildId, repositoryId } = build;
  events.publish(tx, { type: 'build-changed', buildId, repositoryId });
}

export function wrongState({ id, state }: Pick<Build, 'id' | 'state'>, step: BuildStep) {
  const words = state.replace('_', ' ');
  return buildsErrors.fail('BUILD_STATE', `build ${id} is ${words}: it can not ${verbs[step]}`, {
    detail: { buildId: id, state },
  });
}

const verbs: Readonly<Record<BuildStep, string>> = {
  lease: 'be started',
  succeed: 'succeed',
  fail: 'fail',
  cancel: 'be canceled',
  try_again: 'be queued again',
  settle: 'be settled',
  retry: 'be retried before it has ended',
};
