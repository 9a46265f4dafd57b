/** What a builder says of itself at its start and whenever that changes. */
export interface BuilderCondition {
  /** How many attempts it takes on at once just now; 0 while it can run none. */
  readonly slots: number;
  /** What keeps it from more, each with its remedy; empty where all is well. */
  readonly troubles: readonly string[];
}
