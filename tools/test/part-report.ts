/** What one part of the test run found. */
export interface PartReport {
  readonly passed: number;
  readonly failures: readonly Remark[];
  readonly skips: readonly Remark[];
}

/** A test by its full name, and why it failed or was left out. */
export interface Remark {
  readonly title: string;
  readonly text: string;
}

/** A part of the run that is independent of the others. */
export interface Part {
  readonly name: string;
  /** Ends early, with what it knows, when the signal is aborted. Never throws. */
  run(signal: AbortSignal): Promise<PartReport>;
}

export interface FinishedPart extends PartReport {
  readonly name: string;
  readonly milliseconds: number;
}
