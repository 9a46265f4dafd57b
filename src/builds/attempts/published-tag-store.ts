import { type Instant, optionalField } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';
import type { TagOutcome } from '../image-publisher.ts';
import { byAttempt } from './by-attempt.ts';

export async function putPublishedTag(
  tx: WriteTransaction,
  attemptId: string,
  { tag, digest, outcome, message }: TagOutcome,
  now: Instant,
): Promise<void> {
  const row = { digest, outcome, message: message ?? null, published_at: now };
  await tx
    .tables<BuildsTables>()
    .insertInto('published_tag')
    .values({ attempt_id: attemptId, tag, ...row })
    .onConflict((conflict) => conflict.columns(['attempt_id', 'tag']).doUpdateSet(row))
    .execute();
}

/** By attempt, in the order of their tags. */
export async function listPublishedTags(
  tx: ReadTransaction | WriteTransaction,
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, readonly TagOutcome[]>> {
  if (attemptIds.length === 0) return new Map();
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('published_tag')
    .selectAll()
    .where('attempt_id', 'in', attemptIds)
    .orderBy('tag')
    .execute();
  return byAttempt(rows, (row) => ({
    tag: row.tag,
    digest: row.digest,
    outcome: row.outcome,
    ...optionalField('message', row.message),
  }));
}
