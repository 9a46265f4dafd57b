import { attemptSubject } from '#access';
import type { AttemptStage, ImagePublisher } from '#builds';
import type { Registry, Visit } from '#registry';

/** The registry's stages, as builds need them. */
export function createImagePublisher({ stages }: Pick<Registry, 'stages'>): ImagePublisher {
  return {
    publish: (tx, attempt, { seq, buildId }) => {
      const { stage, visit } = stageOf(attempt);
      const order = { position: seq, label: `build ${buildId}` };
      return stages.publish(tx, visit, { stage, order });
    },
    drop: (tx, attemptId) => stages.drop(tx, attemptSubject(attemptId)),
  };
}

function stageOf({ repositoryId, repositoryName, attemptId }: AttemptStage) {
  const subject = attemptSubject(attemptId);
  const actor = { subject, stage: subject };
  return { stage: subject, visit: { repositoryId, repositoryName, actor } satisfies Visit };
}
