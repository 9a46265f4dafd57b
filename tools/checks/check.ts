/** One thing that is checked without running Slipway: a program that ends with 0 where all is well. */
export interface Check {
  readonly name: string;
  readonly program: string;
  readonly words: readonly string[];
}

export interface CheckResult {
  readonly check: Check;
  readonly isPassed: boolean;
  readonly output: string;
  readonly milliseconds: number;
}
