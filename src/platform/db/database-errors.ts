import { defineErrors } from '#kernel';

export const databaseErrors = defineErrors({
  SCHEMA_NEWER: 'the database has seen steps that this program does not know',
  DATABASE_FULL: 'the disk of the database has no room left; nothing of the transaction was kept',
  DATABASE_UNAVAILABLE:
    'the database can not be reached, or does not answer in time; nothing of the transaction was kept',
  TEXT_UNSTORABLE: 'a text holds the character NUL, which no database column takes',
  COMMIT_UNKNOWN: 'the commit was begun and nobody can tell whether the transaction was kept',
});

export type DatabaseErrorCode = (typeof databaseErrors.codes)[number];

/**
 * Whether a rejection of `transact` leaves open if the transaction was kept. Whoever undoes something
 * because a transaction failed (removes bytes, takes back a hint, says that it did not happen) asks
 * this first, and undoes nothing then: what was committed may refer to it. Every other rejection says
 * that nothing was kept.
 */
export function isCommitUnknown(error: unknown): boolean {
  return databaseErrors.is(error) && error.code === 'COMMIT_UNKNOWN';
}

/** A while in which a database is mostly back. */
const retryAfterSeconds = 5;

export function databaseFull(cause: unknown) {
  return databaseErrors.fail(
    'DATABASE_FULL',
    'the disk of the database is full: make room there, then try again; nothing was lost',
    { cause },
  );
}

export function databaseUnavailable(cause: unknown) {
  return databaseErrors.fail(
    'DATABASE_UNAVAILABLE',
    'the database does not answer: nothing was changed; try again in a moment',
    { cause, detail: { retryAfterSeconds } },
  );
}

export function commitUnknown(cause: unknown) {
  return databaseErrors.fail(
    'COMMIT_UNKNOWN',
    'the database went away while it kept this: look whether it happened before you try again',
    { cause, detail: { retryAfterSeconds } },
  );
}
