import type { HttpHandler } from '#platform/http';
import { pathOf } from './route-request.ts';

/** What `/readyz` asks: `undefined` when the server can serve, else what is missing. */
export type Readiness = () => Promise<string | undefined>;

/** `/healthz`: the process answers. `/readyz`: it can serve; 503 says what is missing. */
export function createHealthHandler(readiness: Readiness): HttpHandler {
  return async (request, response) => {
    const missing = pathOf(request).startsWith('/readyz') ? await readiness() : undefined;
    response.writeHead(missing === undefined ? 200 : 503, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(missing === undefined ? { status: 'ok' } : { status: 'unavailable', missing }),
    );
  };
}
