import type { AttemptStage, ImagePublisher } from '#builds';
import type { Registry, Visit } from '#registry';
import { attemptActor } from './attempt-actor.ts';

/** The registry's stages, as builds need them. */
export function createImagePublisher({ stages }: Pick<Registry, 'stages'>): ImagePublisher {
  return {
    publish: (tx, attempt, { seq, buildId }) => {
      const { stage, visit } = stageOf(attempt);
      const order = { position: seq, label: `build ${buildId}` };
      return stages.publish(tx, visit, { stage, order });
    },
    drop: (tx, attempt) => stages.drop(tx, stageOf(attempt).stage),
  };
}

function stageOf({ repositoryId, repositoryName, attemptId }: AttemptStage) {
  const actor = attemptActor(attemptId);
  return { stage: actor.stage, visit: { repositoryId, repositoryName, actor } satisfies Visit };
}
