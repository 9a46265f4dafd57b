import type { Clock } from '#kernel';
import type { PublishRules } from '#registry';
import { assertTagMayMove, assertTagsMayGo, assertTakesPushes, recordPush } from '#repositories';

/** What a repository's settings and its being there say about changes, and when it was last pushed to. */
export function repositoryRules(clock: Clock): PublishRules {
  return {
    beforeManifestPut: (tx, intent) => assertTakesPushes(tx, intent),
    beforeTagMove: (tx, intent) => assertTagMayMove(tx, intent),
    beforeTagDelete: (tx, { repositoryId, tag }) =>
      assertTagsMayGo(tx, { repositoryId, tags: [tag] }),
    beforeManifestDelete: (tx, intent) => assertTagsMayGo(tx, intent),
    afterChange: async (tx, { kind, repositoryId }) => {
      if (kind !== 'tag-moved') return;
      await recordPush(tx, { repositoryId, at: clock.now() });
    },
  };
}
