const mostPlaces = 50_000;

/**
 * From which addresses names logged in, in memory: after a restart a name is known nowhere until its
 * next log-in, and limits are fresh as well. Beyond so many, those longest unused are forgotten.
 */
export class KnownPlaces {
  readonly #places = new Set<string>();

  has(place: string): boolean {
    return this.#places.has(place);
  }

  /** Deleting first keeps the set in the order of the latest log-in, oldest first. */
  note(place: string): void {
    this.#places.delete(place);
    this.#places.add(place);
    if (this.#places.size <= mostPlaces) return;
    const [oldest] = this.#places;
    if (oldest !== undefined) this.#places.delete(oldest);
  }
}
