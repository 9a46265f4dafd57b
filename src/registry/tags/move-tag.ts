import type { Clock, Digest, Tag } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { PublishRules } from '../publish-rules.ts';
import type { Visit } from '../registry.ts';
import { claimTag, writeTag } from './tag-store.ts';

export interface TagMover {
  readonly rules: PublishRules;
  readonly clock: Clock;
}

export interface TagTarget {
  readonly tag: Tag;
  readonly digest: Digest;
}

/** Points a tag at a manifest for all to see. Throws what a rule throws. */
export async function moveTag(
  tx: WriteTransaction,
  mover: TagMover,
  visit: Visit,
  target: TagTarget,
): Promise<void> {
  const decision = await decideTagMove(tx, mover, visit, target);
  if (decision === 'move') await pointTag(tx, mover, visit, target);
}

/**
 * Asks the rules whether a tag may move: the one place where they are asked, by a push as by a
 * publication. A tag that points there already is no move, so nobody can refuse it.
 */
export async function decideTagMove(
  tx: WriteTransaction,
  { rules }: TagMover,
  visit: Visit,
  { tag, digest }: TagTarget,
): Promise<'move' | 'stay'> {
  const from = await claimTag(tx, visit.repositoryId, tag);
  if (from === digest) return 'stay';
  const intent = { ...visit, tag, to: digest, ...(from === undefined ? {} : { from }) };
  await rules.beforeTagMove(tx, intent);
  return 'move';
}

/** Moves a tag that `decideTagMove` has let move. */
export async function pointTag(
  tx: WriteTransaction,
  { rules, clock }: TagMover,
  { repositoryId, actor }: Visit,
  { tag, digest }: TagTarget,
): Promise<void> {
  const move = { repositoryId, tag, digest, movedAt: clock.now(), movedBy: actor.subject };
  await writeTag(tx, move);
  await rules.afterChange(tx, { kind: 'tag-moved', repositoryId, actor, tag, digest });
}
