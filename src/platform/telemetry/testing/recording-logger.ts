import type { LogFields, Logger } from '../logger.ts';

export interface LoggedFailure {
  readonly level: 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps what went wrong, for tests to look at, and prints nothing. */
export class RecordingLogger implements Logger {
  readonly failures: LoggedFailure[] = [];

  debug(): void {}

  info(): void {}

  warn(fields: LogFields, message: string): void {
    this.failures.push({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.failures.push({ level: 'error', fields, message });
  }

  child(): Logger {
    return this;
  }
}
