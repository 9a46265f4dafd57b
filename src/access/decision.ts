import type { AppError } from '#kernel';
import { type AccessErrorCode, accessErrors } from './access-errors.ts';

/** Whether somebody may do something, and why. */
export type Decision = Allowed | Refused;

export interface Allowed {
  readonly isAllowed: true;
  /** A sentence for people. */
  readonly because: string;
}

export interface Refused {
  readonly isAllowed: false;
  /** A sentence for people, which says what it would take. Not for who may not see the thing. */
  readonly because: string;
  /** Whether they may know that the thing is there. */
  readonly isVisible: boolean;
  /** What they are told: to log in, to log in otherwise, or no. */
  readonly code: AccessErrorCode;
}

/** What nobody is told, whatever it was that they wanted. */
export const loginNeeded = 'this needs a log-in, or a token';

/** What a refused caller is told who may know of the thing. */
export function refusalOf({ code, because }: Refused): AppError<AccessErrorCode> {
  return accessErrors.fail(code, because);
}

/** Throws `UNAUTHENTICATED`, `ACCESS_DENIED` or `PASSWORD_SESSION_NEEDED`. */
export function assertAllowed(decision: Decision): void {
  if (!decision.isAllowed) throw refusalOf(decision);
}
