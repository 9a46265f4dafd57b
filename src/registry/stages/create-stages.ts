import { AppError } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { listClosure } from '../manifests/manifest-edge-store.ts';
import { releaseManifest } from '../manifests/manifest-store.ts';
import type { StageId } from '../publish-rules.ts';
import type { StagedTag, Stages, TagPublication, Visit } from '../registry.ts';
import { decideTagMove, pointTag, type TagMover } from '../tags/move-tag.ts';
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

    publish: async (tx, visit, stage) => {
      const staged = await listStagedTags(tx, stage);
      const publications: TagPublication[] = [];
      for (const item of staged) {
        if (item.repositoryId !== visit.repositoryId) continue;
        publications.push(await publishTag(tx, mover, { visit, stage, item }));
      }
      return publications;
    },
  };
}

interface Publishing {
  readonly visit: Visit;
  readonly stage: StageId;
  readonly item: StagedTag;
}

async function publishTag(
  tx: WriteTransaction,
  mover: TagMover,
  { visit, stage, item }: Publishing,
): Promise<TagPublication> {
  const { repositoryId, tag, digest } = item;
  const decision = await decideTagMove(tx, mover, visit, item).catch(asRefusal);
  if (decision instanceof AppError) {
    const { code, message } = decision;
    return { tag, digest, outcome: 'refused', code, message };
  }
  const closure = await listClosure(tx, repositoryId, digest);
  await publishManifests(tx, stage, repositoryId, closure);
  if (decision === 'move') await pointTag(tx, mover, visit, item);
  await eraseStagedTag(tx, stage, repositoryId, tag);
  return { tag, digest, outcome: 'moved' };
}

/** A rule refuses with an `AppError`; anything else ends the transaction. */
function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}
