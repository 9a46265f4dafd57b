/**
 * platform/http: what any server program needs to answer HTTP: a listener with request ids, time-outs,
 * caps and trusted proxies, bodies of bounded size, and answers that reach a client whose request was
 * refused while it was sent. Knows no route.
 */
export {
  type HttpHandler,
  type HttpServer,
  type HttpServerOptions,
  startHttpServer,
} from './http-server.ts';
export { bodyErrors, readBody } from './read-body.ts';
export {
  clientLeft,
  type Exchange,
  forwardedOriginOf,
  remoteAddressOf,
  requestIdOf,
} from './request-facts.ts';
export { retryAfterHeader } from './retry-after.ts';
export { sendAnswer, type WholeAnswer } from './send-answer.ts';
