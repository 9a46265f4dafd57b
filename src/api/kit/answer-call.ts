import { type Exchange, sendAnswer } from '#platform/http';
import type { Operation } from '#protocol';
import type { HttpApi } from './create-http-api.ts';
import { pagings } from './paging.ts';
import type { Route } from './route.ts';
import { replyWithStream, type Stream } from './stream-reply.ts';
import type { Style } from './style.ts';

/** A call that was let in and checked. */
export interface CheckedCall {
  readonly route: Route;
  readonly call: { readonly query: unknown };
  /** What was asked, whole. */
  readonly address: URL;
}

/** Lets the handler do what was asked, and answers as its operation and the style say. */
export async function answerCall(
  { style, logger }: Pick<HttpApi<object>, 'style' | 'logger'>,
  checked: CheckedCall,
  exchange: Exchange,
): Promise<void> {
  const { route, call } = checked;
  if (route.kind === 'stream') {
    const lastEventId = exchange.request.headers['last-event-id'];
    const stream = (await route.handle({ ...call, lastEventId })) as Stream;
    const { mediaType } = route.operation;
    return replyWithStream(exchange, { mediaType, ...stream }, logger);
  }
  const answer = route.kind === 'list' ? await pageOf(style, checked) : await route.handle(call);
  await sendJson(style, route.operation, answer, exchange);
}

async function pageOf(style: Style, { route, call, address }: CheckedCall): Promise<object> {
  const { windowOf, answer } = pagings[style.paging];
  const found = await route.handle({ ...call, page: windowOf(call.query as never) });
  return answer(found as never, call.query as never, address);
}

/** Throws for an answer that is not what was declared, which is a fault of ours. */
async function sendJson(
  style: Style,
  { status, answer }: Operation,
  given: unknown,
  exchange: Exchange,
): Promise<void> {
  const body = answer.parse(given);
  sendAnswer(
    exchange,
    body === undefined
      ? { status, headers: style.headers }
      : {
          status,
          headers: { ...style.headers, 'content-type': style.answerType },
          body: JSON.stringify(body),
        },
  );
}
