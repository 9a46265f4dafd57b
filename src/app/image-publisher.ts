import type { AttemptStage, ImagePublisher, TagOutcome } from '#builds';
import type { Registry, TagPublication, Visit } from '#registry';
import { attemptActor } from './attempt-actor.ts';

/** The registry's stages, as builds need them. */
export function createImagePublisher(registry: () => Registry): ImagePublisher {
  return {
    publish: async (tx, stage) => {
      const { actor, visit } = visitOf(stage);
      const publications = await registry().stages.publish(tx, visit, actor.stage);
      return publications.map(toOutcome);
    },
    drop: (tx, stage) => registry().stages.drop(tx, visitOf(stage).actor.stage),
  };
}

function visitOf({ repositoryId, repositoryName, attemptId }: AttemptStage) {
  const actor = attemptActor(attemptId);
  return { actor, visit: { repositoryId, repositoryName, actor } satisfies Visit };
}

function toOutcome(publication: TagPublication): TagOutcome {
  const { tag, digest } = publication;
  if (publication.outcome === 'moved') return { tag, digest, outcome: 'moved' };
  const outcome = publication.code === 'TAG_OUTDATED' ? 'outdated' : 'refused';
  return { tag, digest, outcome, message: publication.message };
}
