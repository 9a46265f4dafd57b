import type { WriteTransaction } from '#platform/db';
import { requirePlace } from '#repositories';
import type { BuildsParts } from '../builds-options.ts';
import type { TagOutcome } from '../image-publisher.ts';
import { passFence } from './fence.ts';
import { listPublishedTags, putPublishedTag } from './published-tag-store.ts';
import { requireAttempt } from './require-attempt.ts';

type PublishingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher' | 'events'>;

/**
 * Moves what the attempt has staged so far, as one act: the fence and the registry's rules and order
 * hold together. Gives all that the attempt has published, so that asking twice gives the same. A build
 * that only tests publishes nothing. Throws `ATTEMPT_ENDED`.
 */
export async function publishAttempt(
  tx: WriteTransaction,
  parts: PublishingParts,
  attemptId: string,
): Promise<readonly TagOutcome[]> {
  await passFence(tx, parts, attemptId, 'exclusive');
  const { build } = await requireAttempt(tx, attemptId);
  const { id: buildId, repositoryId, push, ref } = build;
  parts.events.publish(tx, { type: 'build-changed', buildId, repositoryId });
  if (!push) {
    await parts.publisher.drop(tx, attemptId);
    return [];
  }
  const { name: repositoryName } = await requirePlace(tx, repositoryId);
  const stage = { repositoryId, repositoryName, attemptId };
  const order = { seq: ref.seq, buildId };
  for (const outcome of await parts.publisher.publish(tx, stage, order)) {
    await putPublishedTag(tx, attemptId, outcome, parts.clock.now());
  }
  return (await listPublishedTags(tx, [attemptId])).get(attemptId) ?? [];
}
