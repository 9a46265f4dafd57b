import { type Logger as PinoLogger, pino } from 'pino';

/**
 * Structured logs, one JSON text a line. Messages are constant texts; what varies goes into the
 * fields. Never a secret: the fields named below are blanked wherever they stand.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretFields = ['password', 'token', 'authorization', 'secret', 'cookie'];

export function createLogger(level: LogLevel, destination: NodeJS.WritableStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: '(hidden)' },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destination,
  ) satisfies PinoLogger as unknown as Logger;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
