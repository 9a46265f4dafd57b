import type { HttpHandler } from '#platform/http';
import { pathOf } from './route-request.ts';

/** How a part of the server is that it can serve without. */
export interface ComponentHealth {
  readonly status: 'ok' | 'starting' | 'degraded';
  /** What is wrong, and what mends it. */
  readonly reason?: string;
  /** How many builds a builder takes on at once. */
  readonly slots?: number;
}

export interface ReadinessReport {
  /** What the server can't serve without. */
  readonly missing?: string;
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

/** What `/readyz` asks. */
export type Readiness = () => Promise<ReadinessReport>;

/**
 * `/healthz`: the process answers. `/readyz`: it can serve; 503 says what is missing. A server whose
 * builder is in trouble still serves images, so that this is told and turns nobody away.
 */
export function createHealthHandler(readiness: Readiness): HttpHandler {
  return async (request, response) => {
    const isAsked = pathOf(request).startsWith('/readyz');
    const { status, body } = isAsked ? answerOf(await readiness()) : alive;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

const alive = { status: 200, body: { status: 'ok' } };

function answerOf({ missing, components }: ReadinessReport) {
  if (missing !== undefined) {
    return { status: 503, body: { status: 'unavailable', missing, components } };
  }
  const isDegraded = Object.values(components).some(({ status }) => status === 'degraded');
  return { status: 200, body: { status: isDegraded ? 'degraded' : 'ok', components } };
}
