/** platform/telemetry: what the program says about itself: structured logs. */
export {
  createLogger,
  type LogFields,
  type Logger,
  type LogLevel,
  silentLogger,
} from './logger.ts';
