import type { LogFields, Logger } from '../logger.ts';

export interface LoggedFailure {
  readonly level: 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** What was said without harm. */
export interface LoggedNote {
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps what was said, for tests to look at, and prints nothing. */
export class RecordingLogger implements Logger {
  readonly failures: LoggedFailure[] = [];
  readonly notes: LoggedNote[] = [];

  debug(): void {}

  info(fields: LogFields, message: string): void {
    this.notes.push({ fields, message });
  }

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
