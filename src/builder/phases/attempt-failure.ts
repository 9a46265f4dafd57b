import type { FailureReason } from '#kernel';

/**
 * Ends an attempt with a verdict: the build is at fault, or what it asked for. The message is one
 * sentence for the person who reads the build: what failed, and what to do.
 */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly reason: FailureReason;
  readonly exitCode: number | undefined;

  constructor(reason: FailureReason, message: string, exitCode?: number) {
    super(message);
    this.reason = reason;
    this.exitCode = exitCode;
  }
}
