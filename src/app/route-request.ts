import type { IncomingMessage, ServerResponse } from 'node:http';
import { isHubApiSegment } from '#kernel';
import type { HttpHandler } from '#platform/http';

/** The edges that share the one address, by what a path begins with. */
export interface Edges {
  readonly registry: HttpHandler;
  readonly hubApi: HttpHandler;
  readonly token: HttpHandler;
  readonly git: HttpHandler;
  readonly slipwayApi: HttpHandler;
  readonly builderApi: HttpHandler;
  readonly health: HttpHandler;
}

/**
 * Sends a request to its edge by the raw, undecoded path. Docker's registry and Docker Hub's API both
 * begin with `/v2/`: the segment that follows decides, and no namespace can have a name that belongs
 * to the API.
 */
export function edgeOf(path: string): keyof Edges | undefined {
  const [, first, second] = path.split('/', 3);
  switch (first) {
    case 'v2':
      return second !== undefined && isHubApiSegment(second) ? 'hubApi' : 'registry';
    case 'token':
      return 'token';
    case 'git':
      return 'git';
    case 'api':
      return second === 'builder' ? 'builderApi' : 'slipwayApi';
    case 'healthz':
    case 'readyz':
      return 'health';
    case undefined:
    default:
      return undefined;
  }
}

export function createRouter(edges: Edges): HttpHandler {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const edge = edgeOf(pathOf(request));
    if (edge !== undefined) return edges[edge](request, response);
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('Nothing is here. The registry is at /v2/, the API at /api/v1/.\n');
  };
}

export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
