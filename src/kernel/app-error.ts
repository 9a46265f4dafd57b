/**
 * The one error class. A code says what went wrong; the message is for people and holds no secret.
 * Statuses exist only at an edge, which maps every code it can meet.
 */
export class AppError<Code extends string = string> extends Error {
  override readonly name = 'AppError';
  readonly code: Code;
  /** JSON-safe facts for the caller, such as the field that was wrong. */
  readonly detail: ErrorDetail;

  constructor(code: Code, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

export type ErrorDetail = Readonly<Record<string, unknown>>;

export interface AppErrorOptions {
  readonly detail?: ErrorDetail;
  readonly cause?: unknown;
}

/** A room's closed list of codes, each with one sentence that says what it means. */
export type ErrorCatalogue<Code extends string> = Readonly<Record<Code, string>>;

/** Declares the codes of a room; `fail` makes errors of exactly these. */
export function defineErrors<const Code extends string>(meanings: ErrorCatalogue<Code>) {
  return {
    meanings,
    codes: Object.keys(meanings) as Code[],
    fail: (code: Code, message: string, options?: AppErrorOptions) =>
      new AppError<Code>(code, message, options),
    is: (error: unknown): error is AppError<Code> =>
      error instanceof AppError && Object.hasOwn(meanings, error.code),
  };
}
