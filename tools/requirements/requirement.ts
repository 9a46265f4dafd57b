/** One thing that Slipway is to do, as `docs/requirements/*.tsv` says it: an ID and a sentence. */
export interface Requirement {
  /** `SET-31`, or `A35` for an attack that has to fail. */
  readonly id: string;
  readonly sentence: string;
}

/** The rows of a list. Throws for a line that is not an ID, a tab and a sentence. */
export function parseRequirements(text: string, path: string): readonly Requirement[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line, position) => {
      const found = /^(?<id>[A-Z]{3}-\d+|A\d+)\t(?<sentence>\S.*)$/.exec(line)?.groups;
      if (!found) {
        throw new Error(`${path}:${position + 1}: write an ID, one tab and one sentence`);
      }
      return { id: found['id'] ?? '', sentence: found['sentence'] ?? '' };
    });
}
