import { onTestFinished } from 'vitest';
import { systemIds } from '#platform/crypto';
import { type HttpHandler, startHttpServer } from '#platform/http';
import { silentLogger } from '#platform/telemetry';

/** Where a handler answers until the test has finished. */
export async function serveHandler(handler: HttpHandler): Promise<string> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    handler,
    ids: systemIds,
    logger: silentLogger,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return `http://127.0.0.1:${server.port}`;
}
