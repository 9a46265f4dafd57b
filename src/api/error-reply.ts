import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError } from '#kernel';
import { problemBody, problemContentType, requestIdOf } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { apiErrors } from './api-errors.ts';
import { statusOf } from './status.ts';

/** Turns whatever a handler threw into a problem; what nobody expected is logged here, once. */
export function createErrorReply(logger: Logger) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const requestId = requestIdOf(request.raw);
    const known = asAppError(error);
    const status = known === undefined ? undefined : statusOf(known.code);
    if (known === undefined || status === undefined || status >= 500) {
      logger.error({ error, requestId, route: request.routeOptions.url }, 'an operation failed');
    }
    const shown = known !== undefined && status !== undefined ? known : unexpected(requestId);
    const retryAfter = shown.detail['retryAfterSeconds'];
    if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
    if (status === 401) void reply.header('www-authenticate', 'Bearer realm="slipway"');
    await reply
      .status(status ?? 500)
      .header('content-type', problemContentType)
      .send(JSON.stringify(problemBody(shown, status ?? 500, requestId)));
  };
}

function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(({ instancePath, message }) => ({
      field: `${error.validationContext}${instancePath.replaceAll('/', '.')}`,
      problem: message,
    }));
    const sentence = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
    return apiErrors.fail('VALIDATION_FAILED', sentence, { detail: { fields } });
  }
  return isClientError(error)
    ? apiErrors.fail('VALIDATION_FAILED', error.message, { cause: error })
    : undefined;
}

/** What Fastify itself refuses: a body that is no JSON, too large, or of another type. */
function isClientError(error: unknown): error is FastifyError {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode < 500;
}

function unexpected(requestId: string): AppError {
  return new AppError(
    'INTERNAL_ERROR',
    `something failed inside the server; its log has the request id ${requestId}`,
  );
}
