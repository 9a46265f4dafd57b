import type { PublishRules } from './publish-rules.ts';

/** Several rules as one: asked in order, the first that throws ends the change. */
export function chainRules(rules: readonly PublishRules[]): PublishRules {
  return {
    beforeManifestPut: async (tx, intent) => {
      for (const rule of rules) await rule.beforeManifestPut(tx, intent);
    },
    beforeTagMove: async (tx, intent) => {
      for (const rule of rules) await rule.beforeTagMove(tx, intent);
    },
    beforeTagDelete: async (tx, intent) => {
      for (const rule of rules) await rule.beforeTagDelete(tx, intent);
    },
    beforeManifestDelete: async (tx, intent) => {
      for (const rule of rules) await rule.beforeManifestDelete(tx, intent);
    },
    afterChange: async (tx, change) => {
      for (const rule of rules) await rule.afterChange(tx, change);
    },
  };
}
