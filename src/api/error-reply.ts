import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#kernel';
import { problemBody, problemContentType, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { frameworkRefusal } from './framework-refusal.ts';
import { statusOf } from './status.ts';

/** Turns whatever a handler threw into a problem; what nobody expected is logged here, once. */
export function createErrorReply(logger: Logger) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const requestId = requestIdOf(request.raw);
    const refusal = error instanceof AppError ? error : frameworkRefusal(error);
    const known = refusal && statusOf(refusal.code);
    const status = known ?? 500;
    if (isFailure(status)) {
      logger.error({ error, requestId, method: request.method }, 'an operation failed');
    }
    await sendProblem(reply, {
      error: refusal !== undefined && known !== undefined ? refusal : unexpected(requestId),
      status,
      requestId,
    });
  };
}

/** 503 says that we are busy, which is no news in a flood. */
function isFailure(status: number): boolean {
  return status >= 500 && status !== 503;
}

interface Problem {
  readonly error: AppError;
  readonly status: number;
  readonly requestId: string;
}

async function sendProblem(
  reply: FastifyReply,
  { error, status, requestId }: Problem,
): Promise<void> {
  const retryAfter = error.detail['retryAfterSeconds'];
  if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="slipway"');
  await reply
    .status(status)
    .header('content-type', problemContentType)
    .send(JSON.stringify(problemBody(error, status, requestId)));
}

function unexpected(requestId: string): AppError {
  return new AppError(
    'INTERNAL_ERROR',
    `something failed inside the server; its log has the request id ${requestId}`,
  );
}
