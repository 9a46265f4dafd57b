/**
 * platform/http: what any server program needs to answer HTTP: a listener with request ids and
 * idle time-outs, bounded bodies, and the error body of our own API. Knows no route.
 */
export {
  type HttpHandler,
  type HttpServer,
  type HttpServerOptions,
  startHttpServer,
} from './http-server.ts';
export { type ProblemBody, problemBody, problemContentType } from './problem-reply.ts';
export { bodyErrors, readBody } from './read-body.ts';
export { remoteAddressOf } from './remote-address.ts';
export { requestIdOf } from './request-id.ts';
