import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { headerNames, type Ids } from '#kernel';
import type { Logger } from '#platform/telemetry';
import { assignRequestId, clientLeft, requestIdOf } from './request-facts.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly ids: Ids;
  readonly logger: Logger;
}

export interface HttpServer extends AsyncDisposable {
  /** The address that is listened on, of this host: a name has become a number. */
  readonly address: string;
  readonly port: number;
  /** Answers nothing new and resolves when the answers under way have ended, or time is up. */
  drain(milliseconds: number): Promise<void>;
}

/** A connection that sends and takes nothing for so long is closed; a whole upload may take hours. */
const idleMilliseconds = 120_000;
const sweepMilliseconds = 50;

/**
 * Listens for HTTP. Every request gets an id, returned as `X-Request-Id`; what a handler throws
 * without having answered is logged once, here, and answered with 500.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000, noDelay: true },
    (request, response) => {
      assignRequestId(request, options.ids.uuid());
      response.setHeader(headerNames.requestId, requestIdOf(request));
      options.handler(request, response).catch((error: unknown) => {
        answerFailure({ request, response, error, logger: options.logger });
      });
    },
  );
  server.timeout = idleMilliseconds;
  const unused = watchUnused(server);
  await listen(server, options);
  return asHttpServer(server, unused);
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

/** Connections on which nothing was asked yet: Node does not count them among the idle ones. */
function watchUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}

function asHttpServer(server: Server, unused: ReadonlySet<Socket>): HttpServer {
  const stop = async (milliseconds: number): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    // A connection whose answer ends now is kept alive by the client, who knows of nothing.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
    }, sweepMilliseconds);
    const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
    await closed;
    clearInterval(sweep);
    clearTimeout(timer);
  };
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    drain: stop,
    [Symbol.asyncDispose]: () => stop(0),
  };
}

interface Failure {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly error: unknown;
  readonly logger: Logger;
}

function answerFailure({ request, response, error, logger }: Failure): void {
  if (clientLeft(request, error)) return;
  const requestId = requestIdOf(request);
  logger.error({ error, requestId, method: request.method }, 'a request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message: 'internal error', requestId }));
}
