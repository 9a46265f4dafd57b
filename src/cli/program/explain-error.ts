import { AppError } from '#kernel';
import { type ExitCode, exitCodes } from '../command/exit-code.ts';

/** What went wrong, for people and for scripts, and the exit code that says so. */
export interface Explanation {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
  /** The server failed, rather than refused: its log says why. */
  readonly isInLog: boolean;
}

const exitCodeOfCode: Readonly<Record<string, ExitCode>> = {
  USAGE: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  NAME_INVALID: exitCodes.usage,
  SERVER_ADDRESS_INVALID: exitCodes.usage,
  NOT_LOGGED_IN: exitCodes.forbidden,
  CREDENTIALS_UNSAFE: exitCodes.forbidden,
  SERVER_UNREACHABLE: exitCodes.unreachable,
};

const exitCodeOfStatus: Readonly<Record<number, ExitCode>> = {
  401: exitCodes.forbidden,
  403: exitCodes.forbidden,
  404: exitCodes.notFound,
};

/** `undefined` for an error that no room declared: a bug, which shows its stack. */
export function explainError(error: unknown): Explanation | undefined {
  if (!(error instanceof AppError)) return undefined;
  const { status, requestId } = error as { status?: number; requestId?: string };
  return {
    exitCode: exitCodeOfStatus[status ?? 0] ?? exitCodeOfCode[error.code] ?? exitCodes.failed,
    code: error.code,
    message: withRemedy(error),
    ...(Object.keys(error.detail).length > 0 && { facts: error.detail }),
    ...(requestId !== undefined && { requestId }),
    isInLog: status !== undefined && status >= 500,
  };
}

/** The API says that a log-in is needed; how that is done here only the command line knows. */
function withRemedy({ code, message }: AppError): string {
  return code === 'UNAUTHENTICATED' ? `${message}; log in with: slipway login` : message;
}
