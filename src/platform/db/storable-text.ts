import { databaseErrors } from './database-errors.ts';

/**
 * Throws `TEXT_UNSTORABLE` for a text with a NUL in it: PostgreSQL takes none, and what one database
 * refuses the other must not take.
 */
export function requireStorable(parameters: readonly unknown[]): void {
  if (parameters.some((value) => typeof value === 'string' && value.includes('\0'))) {
    throw databaseErrors.fail('TEXT_UNSTORABLE', 'a text holds the character NUL: remove it');
  }
}
