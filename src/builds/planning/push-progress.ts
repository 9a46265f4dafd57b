import type { RefChange } from '#sources';
import type { PushPlan } from './push-plan-store.ts';
import type { PlacedVerdict, Verdict } from './verdict-store.ts';

/** Of one push and repository; builds are always told. */
const mostVerdicts = 500;

export interface ProgressLimits {
  /** How many builds a push may make. */
  readonly builds: number;
}

/** What a push makes of one repository, as it goes on over many steps; kept as a `PushPlan`. */
export class PushProgress {
  readonly verdicts: PlacedVerdict[] = [];
  readonly #deliveryId: number;
  #plan: PushPlan;
  #isTouched = false;

  constructor(repositoryId: number, deliveryId: number, stored: PushPlan | undefined) {
    this.#deliveryId = deliveryId;
    this.#plan = stored ?? { ...nothingYet, repositoryId, deliveryId };
  }

  /** What is to be kept, where anything was done. */
  get changed(): PushPlan | undefined {
    return this.#isTouched ? this.#plan : undefined;
  }

  get isCut(): boolean {
    return this.#plan.isCut && this.#plan.deliveryId === this.#deliveryId;
  }

  get hasMatched(): boolean {
    return this.#plan.hasMatched;
  }

  hasPlanned({ seq }: RefChange): boolean {
    const { seq: reached, ruleNumber } = this.#plan;
    return reached > seq || (reached === seq && ruleNumber === undefined);
  }

  /** Gives the last rule that has decided about the change already; 0 where none has. */
  begin({ seq }: RefChange): number {
    const { seq: reached, ruleNumber = 0, deliveryId } = this.#plan;
    this.#isTouched = true;
    if (reached === seq) return ruleNumber;
    const isSame = deliveryId === this.#deliveryId;
    const counts = isSame ? this.#plan : nothingYet;
    const begun = { seq, ruleNumber: 0, hasMatched: false, deliveryId: this.#deliveryId };
    this.#plan = { ...counts, repositoryId: this.#plan.repositoryId, ...begun };
    return 0;
  }

  mayBuild(limits: ProgressLimits): boolean {
    return this.#plan.builds < limits.builds;
  }

  /** A rule has decided about the change. */
  decided(ruleNumber: number, verdict: Verdict | undefined, limits: ProgressLimits): void {
    this.#plan = { ...this.#plan, ruleNumber };
    if (verdict === undefined) return;
    this.#plan = { ...this.#plan, hasMatched: true };
    if (verdict.outcome !== 'too_many') this.tell(verdict);
    else this.#cut(verdict, limits);
  }

  /** Nothing is left to be decided about the change. */
  finish(): void {
    this.#plan = { ...this.#plan, ruleNumber: undefined };
  }

  tell(verdict: Verdict): void {
    if (makesBuild.has(verdict.outcome)) {
      this.#plan = { ...this.#plan, builds: this.#plan.builds + 1 };
      this.#keep(verdict);
      return;
    }
    const { verdicts } = this.#plan;
    if (verdicts > mostVerdicts) return;
    this.#plan = { ...this.#plan, verdicts: verdicts + 1 };
    this.#keep(verdicts < mostVerdicts ? verdict : untold(verdict));
  }

  #cut(verdict: Verdict, { builds }: ProgressLimits): void {
    this.#plan = { ...this.#plan, isCut: true };
    const text = `more than ${builds} builds of one push: ${verdict.refType} ${verdict.refName} and what comes after it in this push is not built; push again in smaller parts, or start builds by hand`;
    this.#keep({ ...verdict, text });
  }

  #keep(verdict: Verdict): void {
    const { repositoryId, deliveryId, seq } = this.#plan;
    this.verdicts.push({ repositoryId, deliveryId, seq, verdict });
  }
}

const nothingYet = { seq: 0, hasMatched: false, builds: 0, verdicts: 0, isCut: false } as const;

/** A ref that a full queue refused is built later. */
const makesBuild: ReadonlySet<string> = new Set(['build', 'test', 'queue_full']);

function untold({ refType, refName }: Verdict): Verdict {
  const text = `more than ${mostVerdicts} verdicts of one push: of the others only those that make builds are kept`;
  return { refType, refName, outcome: 'too_many', text };
}
