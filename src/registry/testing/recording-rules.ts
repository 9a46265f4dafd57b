import type { PublishRules } from '../publish-rules.ts';

export type RuleCall = readonly [name: keyof PublishRules, about: object];

/** Rules that allow everything and remember what they were asked. */
export function recordingRules(): {
  readonly rules: PublishRules;
  readonly calls: readonly RuleCall[];
} {
  const calls: RuleCall[] = [];
  const record = (name: keyof PublishRules) => async (_tx: unknown, about: object) => {
    calls.push([name, about]);
  };
  return {
    calls,
    rules: {
      beforeManifestPut: record('beforeManifestPut'),
      beforeTagMove: record('beforeTagMove'),
      beforeTagDelete: record('beforeTagDelete'),
      beforeManifestDelete: record('beforeManifestDelete'),
      afterChange: record('afterChange'),
    },
  };
}
