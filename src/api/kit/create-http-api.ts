import { type Exchange, type HttpHandler, requestIdOf, sendAnswer } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { inStyle } from './in-style.ts';
import { replyToError } from './reply-to-error.ts';
import type { Route } from './route.ts';
import { createRouteTable } from './route-table.ts';
import { serveRoute } from './serve-route.ts';
import type { Style } from './style.ts';

export interface HttpApi<Caller extends object> {
  readonly style: Style;
  readonly routes: readonly Route[];
  /** Who sends a request, by its headers alone. Throws for a credential that is wrong. */
  readonly authenticate: (request: {
    readonly authorization: string | undefined;
    readonly remoteAddress: string;
  }) => Promise<Caller>;
  /** Whether somebody sent no credential at all. */
  readonly isNobody: (caller: Caller) => boolean;
  /** In front of the path that was asked, wherever an answer holds whole addresses, unless a proxy says what is. */
  readonly publicUrl: string;
  readonly logger: Logger;
}

/** An HTTP API out of declared operations: what answers below the prefix of its style. */
export function createHttpApi<Caller extends object>(api: HttpApi<Caller>): HttpHandler {
  const { style } = api;
  const find = createRouteTable(inStyle(style, api.routes));
  return async (request, response) => {
    const exchange = { request, response };
    try {
      const { method = 'GET', url = '/' } = request;
      const path = pathBelow(style, url);
      const match = path === undefined ? undefined : find(method, path);
      if (match === undefined) return await replyUnknown(style, exchange);
      await serveRoute(api, match, exchange);
    } catch (error) {
      await replyToError(api, exchange, error);
    }
  };
}

/** The path below the prefix, still encoded. */
function pathBelow({ prefix, ignoresLastSlash }: Style, url: string): string | undefined {
  const [whole = ''] = url.split('?', 1);
  const path = ignoresLastSlash && whole.endsWith('/') ? whole.slice(0, -1) : whole;
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

async function replyUnknown(style: Style, exchange: Exchange): Promise<void> {
  sendAnswer(exchange, {
    status: 404,
    headers: { ...style.headers, 'content-type': style.errorType },
    body: JSON.stringify(style.unknownOperationBody(requestIdOf(exchange.request))),
  });
}
