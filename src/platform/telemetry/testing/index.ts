/** For tests only: a logger that keeps what went wrong. */
export { type LoggedFailure, RecordingLogger } from './recording-logger.ts';
