import type { Clock, Digest, Tag } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { PublishRules } from '../publish-rules.ts';
import type { Visit } from '../registry.ts';
import { claimTag, insertTag, updateTag } from './tag-store.ts';

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
  for (;;) {
    const decision = await decideTagMove(tx, mover, visit, target);
    if (decision === 'stay' || (await pointTag(tx, mover, visit, { ...target, decision }))) return;
  }
}

/** What the rules have let happen: a tag that is there moves, or one is made. */
type TagDecision = 'stay' | 'move' | 'make';

interface DecidedMove extends TagTarget {
  readonly decision: Exclude<TagDecision, 'stay'>;
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
): Promise<TagDecision> {
  const from = await claimTag(tx, visit.repositoryId, tag);
  if (from === digest) return 'stay';
  const intent = { ...visit, tag, to: digest, ...(from === undefined ? {} : { from }) };
  await rules.beforeTagMove(tx, intent);
  return from === undefined ? 'make' : 'move';
}

/**
 * Does what `decideTagMove` has let happen. `false`: somebody has made the tag since, which nothing
 * could be locked against; so the rules are to be asked again.
 */
export async function pointTag(
  tx: WriteTransaction,
  { rules, clock }: TagMover,
  { repositoryId, actor }: Visit,
  { tag, digest, decision }: DecidedMove,
): Promise<boolean> {
  const move = { repositoryId, tag, digest, movedAt: clock.now(), movedBy: actor.subject };
  if (decision === 'move') await updateTag(tx, move);
  else if (!(await insertTag(tx, move))) return false;
  await rules.afterChange(tx, { kind: 'tag-moved', repositoryId, actor, tag, digest });
  return true;
}
