/** Something that has to happen though nobody asks for it. */
export interface Duty {
  /** What its failures are told under, and what it is woken by: `remove expired uploads`. */
  readonly name: string;
  /** From the end of one run to the beginning of the next. */
  readonly everyMilliseconds: number;

  /**
   * Does all that is due. Never runs twice at once in one schedule, but on several servers. The signal
   * aborts when the program stops; a run that throws from then on has not failed.
   */
  run(signal: AbortSignal): Promise<void>;
}
