import { type Flags, readConfiguration, readEnvironment } from '#platform/config';
import { createLogger } from '#platform/telemetry';
import { startServer } from './start-server.ts';

/** Runs a server until the signal aborts; then it drains, and the promise resolves. */
export async function runServer(
  flags: Flags,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const config = await readConfiguration(flags);
  const environment = readEnvironment();
  const logger = createLogger(config.logLevel, process.stderr);
  await using server = await startServer({ config, environment, logger });
  logger.info({ port: server.port, publicUrl: server.publicUrl }, 'the server answers');
  await aborted(signal);
  logger.info({}, 'the server stops');
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
