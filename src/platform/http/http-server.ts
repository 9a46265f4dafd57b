import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { headerNames, type Ids } from '#kernel';
import type { Logger } from '#platform/telemetry';
import { type ConnectionCaps, capConnections, usualConnectionCaps } from './connection-caps.ts';
import { refuseHeaders } from './header-rules.ts';
import { inviteBodyWhenRead } from './invite-body.ts';
import { type DiscardLimits, discardUnread, usualDiscardLimits } from './lingering-close.ts';
import { answerWhatIsNoHttp } from './no-http.ts';
import { clientLeft, noteFacts, remoteAddressOf, requestIdOf } from './request-facts.ts';
import { trustProxies } from './trusted-proxies.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Addresses and networks of proxies that say whom they speak for; none by default. */
  readonly trustedProxies?: readonly string[];
  readonly connectionCaps?: ConnectionCaps;
  /** What is taken of a body that nobody read, before its connection is broken. */
  readonly discardLimits?: DiscardLimits;
  readonly timeLimits?: TimeLimits;
}

export interface TimeLimits {
  /** From the beginning of a request, or of a connection, to the end of the headers. */
  readonly headersMilliseconds: number;
  /** A connection that sends and takes nothing for so long is closed; a whole upload may take hours. */
  readonly idleMilliseconds: number;
}

export interface HttpServer extends AsyncDisposable {
  /** The address that is listened on, of this host: a name has become a number. */
  readonly address: string;
  readonly port: number;
  /** Answers nothing new and resolves when the answers under way have ended, or time is up. */
  drain(milliseconds: number): Promise<void>;
}

const usualTimeLimits: TimeLimits = { headersMilliseconds: 30_000, idleMilliseconds: 120_000 };
const sweepMilliseconds = 50;
/** The longest token that anybody is given goes in, and more beside it. */
const longestHeadersBytes = 32 * 1024;

/**
 * Listens for HTTP. Every request gets an id, returned as `X-Request-Id`; what a handler throws
 * without having answered is logged once, here, and answered with 500. A handler may answer without
 * having read the body: what is left of it is taken and thrown away, so that the answer arrives.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { connectionCaps = usualConnectionCaps, timeLimits = usualTimeLimits } = options;
  const { discardLimits = usualDiscardLimits } = options;
  const { headersMilliseconds, idleMilliseconds } = timeLimits;
  const serve = createServe(options, discardLimits);
  const server = createServer(
    {
      requestTimeout: 0,
      headersTimeout: headersMilliseconds,
      connectionsCheckingInterval: Math.min(5_000, headersMilliseconds / 2),
      keepAliveTimeout: 65_000,
      maxHeaderSize: longestHeadersBytes,
      noDelay: true,
    },
    serve,
  );
  server.timeout = idleMilliseconds;
  // All of them come, since Node would leave out the last ones and say nothing.
  server.maxHeadersCount = 0;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    inviteBodyWhenRead(request, response);
    serve(request, response);
  });
  answerWhatIsNoHttp(server, discardLimits);
  capConnections(server, connectionCaps, trustProxies(options.trustedProxies ?? []));
  const unused = watchUnused(server);
  await listen(server, options);
  return asHttpServer(server, unused);
}

function createServe(options: HttpServerOptions, discardLimits: DiscardLimits) {
  const { handler, ids, logger, trustedProxies = [] } = options;
  const proxies = trustProxies(trustedProxies);
  return (request: IncomingMessage, response: ServerResponse): void => {
    noteFacts(request, {
      id: ids.uuid(),
      remoteAddress: proxies.clientOf(request),
      origin: proxies.originOf(request),
    });
    response.setHeader(headerNames.requestId, requestIdOf(request));
    discardUnread(request, response, discardLimits);
    const refusal = refuseHeaders(request);
    if (refusal !== undefined) return answerPlainly(response, refusal.status, refusal.message);
    handler(request, response).catch((error: unknown) => {
      answerFailure({ request, response, error, logger });
    });
  };
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
  const { method } = request;
  const remoteAddress = remoteAddressOf(request);
  logger.error({ error, requestId, method, remoteAddress }, 'a request failed');
  if (response.headersSent) response.destroy();
  else answerPlainly(response, 500, 'internal error', { requestId });
}

function answerPlainly(
  response: ServerResponse,
  status: number,
  message: string,
  detail: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message, ...detail }));
}
