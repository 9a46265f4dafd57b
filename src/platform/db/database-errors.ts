import { defineErrors } from '#kernel';

export const databaseErrors = defineErrors({
  SCHEMA_NEWER: 'the database has seen steps that this program does not know',
  DATABASE_FULL: 'the disk of the database has no room left; nothing of the transaction was kept',
});

export type DatabaseErrorCode = (typeof databaseErrors.codes)[number];

export function databaseFull(cause: unknown) {
  return databaseErrors.fail(
    'DATABASE_FULL',
    'the disk of the database is full: make room there, then try again; nothing was lost',
    { cause },
  );
}
