import type { RefType, VerdictOutcome } from '#kernel';

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
