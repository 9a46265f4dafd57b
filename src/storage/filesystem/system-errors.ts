import type { AppError } from '#kernel';
import { storageErrors } from '../storage-errors.ts';

/** `undefined` for what is not there. */
export async function ifExists<Result>(result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Gives what the work gives; what the system refuses becomes a failure of the store. */
export async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? translate(error) : error;
  }
}

function translate(error: NodeJS.ErrnoException): AppError {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return storageErrors.fail(
    full ? 'BLOB_STORE_FULL' : 'BLOB_STORE_FAILED',
    full
      ? 'the disk of the blob store is full: free some space or enlarge it'
      : `the blob store failed with ${error.code}`,
    { cause: error },
  );
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
