import { attemptIdOf } from '#access';
import type { AttemptFence } from '#builds';
import type { PublishRules } from '#registry';

/** What holds for pushes of attempts: one that was canceled, lost or has ended pushes nothing. */
export function attemptRules(fence: AttemptFence): PublishRules {
  return {
    beforeManifestPut: async (tx, { actor }) => {
      const attemptId = attemptIdOf(actor.subject);
      if (attemptId !== undefined) await fence.assertLive(tx, attemptId);
    },
    beforeTagMove: async () => undefined,
    beforeTagDelete: async () => undefined,
    beforeManifestDelete: async () => undefined,
    afterChange: async () => undefined,
  };
}
