import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  accountOperations,
  buildConfigurationOperations,
  buildOperations,
  type Operation,
  type Problem,
  repositoryOperations,
} from '#protocol';

const operations: readonly Operation[] = [
  accountOperations,
  repositoryOperations,
  buildConfigurationOperations,
  buildOperations,
].flatMap((group): Operation[] => Object.values(group));

/** One call as the server understood it, checked against the declaration of its operation. */
export interface ReceivedCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

type Respond = (call: ReceivedCall) => { readonly answer: unknown } | { readonly problem: Problem };
type RespondRaw = (request: IncomingMessage, response: ServerResponse) => void;

export interface ApiTestServerOptions {
  /** By the operation's id. */
  readonly operations?: Readonly<Record<string, Respond>>;
  /** By path, query left out: for what is not declared as an operation. */
  readonly raw?: Readonly<Record<string, RespondRaw>>;
}

export interface ApiTestServer extends AsyncDisposable {
  readonly url: string;
}

/** A server of the API made of its declarations: it routes, reads and answers as they say. */
export async function startApiTestServer(options: ApiTestServerOptions): Promise<ApiTestServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  options: ApiTestServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://server');
  const raw = options.raw?.[url.pathname];
  if (raw !== undefined) return raw(request, response);
  const route = findRoute(request.method, url.pathname);
  const respond = options.operations?.[route?.operation.id ?? ''];
  if (route === undefined || respond === undefined) return notFound(response);
  const { operation } = route;
  const body = await text(request);
  const result = respond({
    params: operation.params.parse(route.params),
    query: operation.query.parse(Object.fromEntries(url.searchParams)),
    body: operation.body.parse(body === '' ? undefined : JSON.parse(body)),
    headers: request.headers,
  });
  if ('problem' in result) return send(response, result.problem.status, result.problem);
  send(response, operation.status, result.answer);
}

function findRoute(method: string | undefined, path: string) {
  for (const operation of operations) {
    const params = matchPath(`/api/v1${operation.path}`, path);
    if (params !== undefined && operation.method === method) return { operation, params };
  }
  return undefined;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const segments = path.split('/');
  const params: Record<string, string> = {};
  const wanted = pattern.split('/');
  const matches = wanted.every((part, index) => {
    const segment = segments[index];
    if (segment === undefined || !part.startsWith('{')) return part === segment;
    params[part.slice(1, -1)] = decodeURIComponent(segment);
    return true;
  });
  return matches && segments.length === wanted.length ? params : undefined;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function notFound(response: ServerResponse): void {
  send(response, 404, makeProblem({ status: 404, code: 'NOT_FOUND', detail: 'no such path' }));
}

export function makeProblem(given: Pick<Problem, 'status' | 'code' | 'detail'>): Problem {
  return { type: 'about:blank', title: given.code, requestId: 'request-7', ...given };
}
