import { AppError } from '#kernel';
import { databaseErrors } from '#platform/db';
import {
  clientLeft,
  type Exchange,
  requestIdOf,
  retryAfterHeader,
  sendAnswer,
} from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { statusOf } from '../status.ts';
import type { Refusal, Style } from './style.ts';

/**
 * Answers whatever an operation threw, in the words of the style; what nobody expected is logged
 * here, once. Throws it on where an answer has begun, and nothing more can be said.
 */
export async function replyToError(
  { style, logger }: { readonly style: Style; readonly logger: Logger },
  exchange: Exchange,
  error: unknown,
): Promise<void> {
  const { request, response } = exchange;
  if (response.headersSent || clientLeft(request, error)) throw error;
  const requestId = requestIdOf(request);
  const refusal = refusalOf(error, requestId);
  if (isFailure(refusal)) {
    logger.error({ error, requestId, method: request.method ?? '' }, 'an operation failed');
  }
  sendAnswer(exchange, {
    status: refusal.status,
    headers: { ...style.headers, ...headersOf(refusal), 'content-type': style.errorType },
    body: JSON.stringify(style.errorBody(refusal)),
  });
}

function refusalOf(error: unknown, requestId: string): Refusal {
  const status = error instanceof AppError ? statusOf(error.code) : undefined;
  return status === undefined
    ? { error: unexpected(requestId), status: 500, requestId }
    : { error: error as AppError, status, requestId };
}

/** 503 mostly says that we are busy, which is no news in a flood; why the database is away is. */
function isFailure({ error, status }: Refusal): boolean {
  return status >= 500 && (status !== 503 || databaseErrors.is(error));
}

function headersOf({ error, status }: Refusal): Record<string, string> {
  return {
    ...retryAfterHeader(error),
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="slipway"' } : {}),
  };
}

function unexpected(requestId: string): AppError {
  return new AppError(
    'INTERNAL_ERROR',
    `something failed inside the server; its log has the request id ${requestId}`,
  );
}
