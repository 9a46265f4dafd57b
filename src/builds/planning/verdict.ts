import type { RefType } from '#sources';

export const verdictOutcomes = [
  'build',
  'test',
  'no_match',
  'off',
  'deleted',
  'duplicate',
  'invalid_tag',
  'queue_full',
] as const;
export type VerdictOutcome = (typeof verdictOutcomes)[number];

/** Why a rule did or did not build for a change of a ref. */
export interface Verdict {
  readonly refType: RefType;
  readonly refName: string;
  /** Absent where no rule is concerned. */
  readonly ruleId?: number;
  readonly outcome: VerdictOutcome;
  readonly text: string;
  readonly buildId?: number;
}
