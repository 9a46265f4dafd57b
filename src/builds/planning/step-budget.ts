import { matchingCost } from '../rules/ref-pattern.ts';
import type { PlannedRule } from './plan-ref.ts';

/**
 * What one transaction of planning may do, in units of some 50 µs: 200 are the 10 ms that leave room
 * for the rest of a transaction's 20.
 */
const units = 200;

const costs = { configuration: 5, verdict: 1, build: 20 } as const;

/** Steps times characters that a unit is enough for, in the worst case. */
const matchingPerUnit = 2_500;

/** Counts what was done, not the time, so that a step is as long on every machine and in every test. */
export class StepBudget {
  #left: number = units;

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(what: keyof typeof costs): void {
    this.#left -= costs[what];
  }

  spendOnMatch(rule: PlannedRule, name: string): void {
    if ('problem' in rule) return;
    this.#left -= matchingCost(rule.pattern, name) / matchingPerUnit;
  }
}
