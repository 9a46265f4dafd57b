import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#platform/telemetry';
import { endToEnd, hasBody, passBack } from './exchange.ts';
import { type Refusal, replyJson, replyRefusal } from './oci-reply.ts';
import { type GatewayScope, type Route, routeRequest, type UpstreamHost } from './route-request.ts';
import { askSlipway, headersForSandbox, type SlipwayPassageOptions } from './slipway-passage.ts';
import type { UpstreamRegistry } from './upstream-registry.ts';

export interface GatewayHandlerOptions {
  readonly scope: GatewayScope;
  readonly slipway: SlipwayPassageOptions;
  readonly upstream: UpstreamRegistry;
  /** Hears of what a person should know whose client shows no body of an error. */
  readonly notice: (text: string) => void;
  readonly logger: Logger;
}

/** Clients in a sandbox keep a few requests open each; a flood would take the builder's own sockets. */
const mostOpenRequests = 512;
/** Names in notices are the sandbox's own, which never runs out of them. */
const mostNotices = 50;

/** Answers the requests of one sandbox. */
export class GatewayHandler {
  readonly #options: GatewayHandlerOptions;
  readonly #noticed = new Set<string>();
  #openRequests = 0;

  constructor(options: GatewayHandlerOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#openRequests += 1;
    response.once('close', () => {
      this.#openRequests -= 1;
    });
    const refusal = this.#openRequests > mostOpenRequests ? tooMany : refusalOfForm(request);
    if (refusal === undefined) return this.#answer(request, response);
    // What is left of a body that nobody reads must not be taken for a request.
    response.setHeader('connection', 'close');
    replyRefusal(response, refusal);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const line = { method, host: headers.host ?? '', target: url };
    try {
      await this.#follow(routeRequest(line, this.#options.scope), request, response);
    } catch (error) {
      this.#options.logger.debug({ error, method, url }, 'a request of a sandbox broke off');
      if (response.headersSent) response.destroy();
      else replyUnreachable(response, 'Slipway');
    }
  }

  #follow(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    switch (route.kind) {
      case 'welcome':
        return replyJson(response, 200, {});
      case 'any-token':
        return replyJson(response, 200, anyToken);
      case 'refuse':
        return replyRefusal(response, route.refusal);
      case 'slipway':
        return this.#passToSlipway(request, response);
      case 'slipway-first':
        return this.#passToSlipwayFirst(route.name, request, response);
      case 'upstream':
        return this.#passUpstream(route.host, request, response);
    }
  }

  async #passToSlipway(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { slipway } = this.#options;
    const answer = await askSlipway(request, slipway);
    await passBack(answer, response, headersForSandbox(answer, slipway));
  }

  async #passToSlipwayFirst(
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { slipway, upstream } = this.#options;
    const own = await askSlipway(request, slipway);
    if (![401, 403, 404].includes(own.statusCode ?? 0)) {
      return passBack(own, response, headersForSandbox(own, slipway));
    }
    own.resume();
    const answer = await upstream
      .pass(request, 'registry-1.docker.io', slipway.agents)
      .catch(() => undefined);
    if (answer !== undefined) return passBack(answer, response, endToEnd(answer.headers));
    this.#replyNowhere(name, response);
  }

  async #passUpstream(
    host: UpstreamHost,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { slipway, upstream } = this.#options;
    const answer = await upstream.pass(request, host, slipway.agents).catch(() => undefined);
    if (answer !== undefined) return passBack(answer, response);
    this.#notice(
      `Docker Hub can't be reached from the builder, so that nothing comes from ${host}.`,
    );
    replyUnreachable(response, host);
  }

  #replyNowhere(name: string, response: ServerResponse): void {
    const remedy = `${name} is not on this server, and Docker Hub can't be reached from the builder: push it to ${this.#options.scope.publicHost}/${name}`;
    this.#notice(remedy);
    replyRefusal(response, { status: 404, code: 'MANIFEST_UNKNOWN', message: remedy });
  }

  #notice(text: string): void {
    if (this.#noticed.has(text) || this.#noticed.size >= mostNotices) return;
    this.#noticed.add(text);
    this.#options.notice(text);
  }
}

const tooMany: Refusal = {
  status: 503,
  code: 'TOOMANYREQUESTS',
  message: `more than ${mostOpenRequests} requests at once: wait for some to end`,
};

const bodyMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const bareMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);

/** Only what registries and git speak: the rest is understood by too many servers in too many ways. */
function refusalOfForm(request: IncomingMessage): Refusal | undefined {
  const { method = '' } = request;
  if (bodyMethods.has(method)) return undefined;
  if (!bareMethods.has(method)) {
    return { status: 405, code: 'UNSUPPORTED', message: `${method} means nothing here` };
  }
  if (!hasBody(request)) return undefined;
  return { status: 400, code: 'UNSUPPORTED', message: `${method} takes no body here` };
}

/** Whoever logs in inside a sandbox is already who he can be: the socket is the credential. */
const anyToken = { token: 'gateway', access_token: 'gateway', expires_in: 3_600 };

function replyUnreachable(response: ServerResponse, name: string): void {
  replyRefusal(response, {
    status: 502,
    code: 'UNSUPPORTED',
    message: `${name} can't be reached from the builder`,
  });
}
