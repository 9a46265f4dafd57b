import { parseAttemptId } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { TagOutcome } from '../image-publisher.ts';
import { attemptEnded, leaseOf, passFence } from './fence.ts';
import { claimTagOrder, listPublishedTags, putPublishedTag } from './published-tag-store.ts';
import { requireAttempt } from './require-attempt.ts';

type PublishingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher'>;

/**
 * Moves what the attempt has staged so far, as one act: fence, order and the registry's rules hold
 * together. Gives all that the attempt has published, so that asking twice gives the same. A build
 * that only tests publishes nothing. Throws `ATTEMPT_ENDED`.
 */
export async function publishAttempt(
  tx: WriteTransaction,
  parts: PublishingParts,
  attemptId: string,
): Promise<readonly TagOutcome[]> {
  await passFence(tx, parts, attemptId, 'exclusive');
  const { build } = await requireAttempt(tx, attemptId);
  const { repositoryId, repositoryName, push } = build;
  const stage = { repositoryId, repositoryName, attemptId };
  if (!push) {
    await parts.publisher.drop(tx, stage);
    return [];
  }
  for (const outcome of await parts.publisher.publish(tx, stage)) {
    await putPublishedTag(tx, attemptId, outcome, parts.clock.now());
  }
  return (await listPublishedTags(tx, [attemptId])).get(attemptId) ?? [];
}

/** What `app` registers among the registry's rules, for actors that are attempts. */
export interface AttemptPushRules {
  /**
   * Throws `DENIED` unless the attempt may push; it can't be ended before the transaction is. To be
   * asked before anything of it enters a repository.
   */
  assertAttemptLive(tx: WriteTransaction, attemptId: string): Promise<void>;

  /**
   * Makes a tag this build's. Throws `TAG_OUTDATED` when a newer build has set it: the place in the
   * ref log decides. To be asked last, when no other rule can refuse the move any more.
   */
  claimTag(
    tx: WriteTransaction,
    claim: { readonly repositoryId: number; readonly tag: string; readonly attemptId: string },
  ): Promise<void>;
}

export function createAttemptPushRules(parts: Pick<BuildsParts, 'queue'>): AttemptPushRules {
  return {
    async assertAttemptLive(tx, attemptId) {
      const lease = await leaseOf(tx, attemptId);
      if (lease !== undefined && (await parts.queue.hold(tx, lease, 'shared'))) return;
      throw buildsErrors.fail('DENIED', 'the build was canceled or has ended; it can push nothing');
    },
    async claimTag(tx, { repositoryId, tag, attemptId }) {
      const buildId = parseAttemptId(attemptId)?.buildId;
      const lease = await leaseOf(tx, attemptId);
      if (lease === undefined || buildId === undefined) throw attemptEnded(attemptId);
      const newer = await claimTagOrder(tx, { repositoryId, tag, seq: lease.seq, buildId });
      if (newer === undefined) return;
      throw buildsErrors.fail('TAG_OUTDATED', `${tag} not moved: build ${newer} is newer`, {
        detail: { tag, newerBuild: newer },
      });
    },
  };
}
