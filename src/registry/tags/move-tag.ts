import type { Clock, Digest, Tag } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { PublishRules } from '../publish-rules.ts';
import type { Visit } from '../registry.ts';
import { claimTag, writeTag } from './tag-store.ts';

export interface TagMover {
  readonly rules: PublishRules;
  readonly clock: Clock;
}

/**
 * Points a tag at a manifest for all to see, when the rules allow it: the one way in which a tag
 * moves, by push or by publication. A tag that points there already is no move, so no rule is asked.
 */
export async function moveTag(
  tx: WriteTransaction,
  { rules, clock }: TagMover,
  visit: Visit,
  target: { readonly tag: Tag; readonly digest: Digest },
): Promise<void> {
  const { repositoryId, actor } = visit;
  const { tag, digest } = target;
  const from = await claimTag(tx, repositoryId, tag);
  if (from === digest) return;
  const intent = { ...visit, tag, to: digest, ...(from === undefined ? {} : { from }) };
  await rules.beforeTagMove(tx, intent);
  await writeTag(tx, {
    repositoryId,
    tag,
    digest,
    movedAt: clock.now(),
    movedBy: actor.subject,
  });
  await rules.afterChange(tx, { kind: 'tag-moved', repositoryId, actor, tag, digest });
}
