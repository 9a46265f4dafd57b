/** Chance is handed in, so that tests know which ids come. */
export interface Ids {
  /** A random UUID. */
  uuid(): string;
  /** URL-safe text of so many random bytes: for secrets. */
  secret(bytes: number): string;
}
