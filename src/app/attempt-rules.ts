import type { AttemptPushRules } from '#builds';
import type { PublishRules } from '#registry';
import { attemptIdOf } from './attempt-actor.ts';

/**
 * What holds for pushes of attempts: one that was canceled, lost or has ended pushes nothing, and a
 * tag never goes from a newer build to an older one. To be asked last, since it takes the tag.
 */
export function attemptRules(rules: AttemptPushRules): PublishRules {
  return {
    beforeManifestPut: async (tx, { actor }) => {
      const attemptId = attemptIdOf(actor);
      if (attemptId !== undefined) await rules.assertAttemptLive(tx, attemptId);
    },
    beforeTagMove: async (tx, { actor, repositoryId, tag }) => {
      const attemptId = attemptIdOf(actor);
      if (attemptId !== undefined) await rules.claimTag(tx, { repositoryId, tag, attemptId });
    },
    beforeTagDelete: async () => undefined,
    beforeManifestDelete: async () => undefined,
    afterChange: async () => undefined,
  };
}
