/** What the probe in the attacked server tells. */
export interface Findings {
  /** The longest that one turn of the event loop took of its processor. */
  readonly longestTurnMilliseconds: number;
  /** Memory that is still held when all garbage is collected. */
  readonly heldBytes: number;
}
