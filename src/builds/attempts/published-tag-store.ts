import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';
import type { TagOutcome } from '../image-publisher.ts';
import { present } from '../present.ts';
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
    ...present('message', row.message),
  }));
}

const claim = statement<[repositoryId: number, tag: string, seq: number, buildId: number]>(
  `insert into tag_order (repository_id, tag, seq, build_id) values (?, ?, ?, ?)
   on conflict (repository_id, tag) do update
   set seq = excluded.seq, build_id = excluded.build_id where tag_order.seq <= excluded.seq`,
);
const selectOwner = statement<[repositoryId: number, tag: string], { buildId: number }>(
  'select build_id as "buildId" from tag_order where repository_id = ? and tag = ?',
);

export interface TagClaim {
  readonly repositoryId: number;
  readonly tag: string;
  readonly seq: number;
  readonly buildId: number;
}

/** Makes the tag this build's, in one statement; gives the newer build that has it, if one has. */
export async function claimTagOrder(
  tx: WriteTransaction,
  { repositoryId, tag, seq, buildId }: TagClaim,
): Promise<number | undefined> {
  if ((await tx.run(claim, repositoryId, tag, seq, buildId)) > 0) return undefined;
  return (await tx.first(selectOwner, repositoryId, tag))?.buildId;
}
