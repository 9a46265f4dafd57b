import pg from 'pg';
import {
  commitUnknown,
  databaseErrors,
  databaseFull,
  databaseUnavailable,
  isCommitUnknown,
} from '../database-errors.ts';

// Codes: PostgreSQL, appendix A.

/** Serialization failure and deadlock: the work is run again, as the contract says. */
const retried: ReadonlySet<string> = new Set(['40001', '40P01']);

const diskFull = '53100';

/**
 * The server goes, or is not there yet (57P), the connection broke (08), it has none left (53300), or
 * a limit on waiting was reached: for a statement (57014), a lock (55P03), the next one (25P03, 25P04).
 */
const unavailable = /^(57P..|08...|53300|57014|55P03|25P03|25P04)$/;

/** The session ended with the commit, which may have been recorded before. */
const sessionEnded = /^(57P|08|58|XX)/;

export function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof pg.DatabaseError && retried.has(error.code ?? '');
}

/** Whether a translated failure leaves a connection on which nobody answers. */
export function isConnectionLost(error: unknown): boolean {
  if (isCommitUnknown(error)) return true;
  const isAway = databaseErrors.is(error) && error.code === 'DATABASE_UNAVAILABLE';
  return isAway && !(error.cause instanceof pg.DatabaseError);
}

/** What `Database` calls the failure of a statement. */
export function translateQueryFailure(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) {
    return isOfDriver(error) ? databaseUnavailable(error) : error;
  }
  const { code = '' } = error;
  if (code === diskFull) return databaseFull(error);
  return unavailable.test(code) ? databaseUnavailable(error) : error;
}

/** As `translateQueryFailure`; an error of the server says that it rolled back, unless it went away with it. */
export function translateCommitFailure(error: unknown): unknown {
  const isRefused = error instanceof pg.DatabaseError && !sessionEnded.test(error.code ?? '');
  return isRefused ? translateQueryFailure(error) : commitUnknown(error);
}

/** Of the network, or the driver's own, which it tells by words only. A wrong argument is ours. */
function isOfDriver(error: unknown): boolean {
  return error instanceof Error && !(error instanceof TypeError || error instanceof RangeError);
}
