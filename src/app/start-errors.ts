import { AppError, defineErrors } from '#kernel';

/** What keeps a server from starting that whoever starts it can mend. */
export const startErrors = defineErrors({
  ADDRESS_TAKEN: 'another program listens on the address',
  ADDRESS_UNUSABLE: 'the address is not one of this machine, or its port is not for this user',
  DATA_FOLDER_UNUSABLE: 'the data folder can not be made, read or written',
  SECRETS_UNUSABLE: 'the file with the secret of the installation does not hold one',
  DATABASE_UNUSABLE: 'the database can not be opened',
  FIRST_ADMINISTRATOR_INVALID: 'the first administrator can not have that name or password',
});

type StartErrorCode = (typeof startErrors.codes)[number];

export interface StartProblem {
  readonly code: StartErrorCode;
  /** Names the setting and the remedy. */
  readonly message: string;
}

/**
 * Does a step of the start. Where it fails with a code of the system, of SQLite or of PostgreSQL that
 * `explain` knows, it throws what that says; everything else stays as it is.
 */
export async function startStep<Result>(
  work: () => Promise<Result>,
  explain: (code: string, error: Error) => StartProblem | undefined,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : '';
    const problem = explain(code, error);
    if (problem === undefined) throw error;
    throw startErrors.fail(problem.code, problem.message, { cause: error });
  }
}
