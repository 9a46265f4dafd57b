import { AppError } from '#kernel';
import { databaseErrors, type WriteTransaction } from '#platform/db';
import { listClosure } from '../manifests/manifest-edge-store.ts';
import { keepHeldManifests, releaseManifest } from '../manifests/manifest-store.ts';
import type { Publication, StagedTag, Stages, TagPublication, Visit } from '../registry.ts';
import { decideTagMove, pointTag, type TagMover } from '../tags/move-tag.ts';
import { claimOrder } from '../tags/publish-order-store.ts';
import {
  eraseStagedTag,
  eraseStagedTags,
  listHolds,
  listStagedTags,
  publishManifests,
} from './stage-store.ts';

export function createStages(mover: TagMover): Stages {
  return {
    tags: (tx, stage) => listStagedTags(tx, stage),

    drop: async (tx, stage) => {
      await eraseStagedTags(tx, stage);
      for (const hold of await listHolds(tx, stage)) await releaseManifest(tx, hold);
    },

    publish: async (tx, visit, publication) => {
      const staged = await listStagedTags(tx, publication.stage);
      const publications: TagPublication[] = [];
      for (const item of staged) {
        if (item.repositoryId !== visit.repositoryId) continue;
        publications.push(await publishTag(tx, mover, { ...publication, visit, item }));
      }
      return publications;
    },
  };
}

interface Publishing extends Publication {
  readonly visit: Visit;
  readonly item: StagedTag;
}

/**
 * Manifests are kept before the tag is claimed, as pushes and deletions do it: whoever deletes one of
 * them has ended by then, or waits and finds the tag. The order is claimed last, when no rule can
 * refuse the move any more: a refused one sets none.
 */
async function publishTag(
  tx: WriteTransaction,
  mover: TagMover,
  publishing: Publishing,
): Promise<TagPublication> {
  const { visit, stage, order, item } = publishing;
  const { repositoryId, tag, digest } = item;
  const closure = await listClosure(tx, repositoryId, digest);
  if (!(await keepHeldManifests(tx, { repositoryId, stage }, closure)).has(digest)) {
    return { tag, digest, outcome: 'refused', message: `${tag} not moved: ${digest} is gone` };
  }
  const decision = await decideTagMove(tx, mover, visit, item).catch(asRefusal);
  if (decision instanceof AppError) {
    return { tag, digest, outcome: 'refused', message: decision.message };
  }
  const newer = await claimOrder(tx, item, order);
  if (newer !== undefined && decision !== 'stay') {
    return { tag, digest, outcome: 'outdated', message: `${tag} not moved: ${newer} is newer` };
  }
  if (decision !== 'stay' && !(await pointTag(tx, mover, visit, { tag, digest, decision }))) {
    return publishTag(tx, mover, publishing);
  }
  await publishManifests(tx, stage, repositoryId, closure);
  await eraseStagedTag(tx, stage, repositoryId, tag);
  return { tag, digest, outcome: 'moved' };
}

/** A rule refuses with an `AppError`; anything else ends the transaction. */
function asRefusal(error: unknown): AppError {
  if (!(error instanceof AppError) || databaseErrors.is(error)) throw error;
  return error;
}
