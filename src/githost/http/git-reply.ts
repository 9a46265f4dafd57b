import type { ServerResponse } from 'node:http';
import { AppError, type KernelErrorCode } from '#kernel';
import type { DatabaseErrorCode } from '#platform/db';
import { retryAfterHeader } from '#platform/http';
import type { GithostErrorCode } from '../githost-errors.ts';
import type { GitEdgeErrorCode } from './git-edge-errors.ts';

type Code = GitEdgeErrorCode | GithostErrorCode | KernelErrorCode | DatabaseErrorCode;

const statuses = {
  GIT_PATH_INVALID: 400,
  GIT_SERVICE_UNKNOWN: 404,
  GIT_METHOD_INVALID: 405,
  GIT_UNAUTHENTICATED: 401,
  GIT_DENIED: 403,
  GIT_FAILED: 500,
  GIT_REPOSITORY_UNKNOWN: 404,
  GIT_REFS_UNREADABLE: 500,
  DIGEST_INVALID: 400,
  NAME_INVALID: 400,
  TAG_INVALID: 400,
  MEDIA_TYPE_INVALID: 400,
  DATABASE_UNAVAILABLE: 503,
  COMMIT_UNKNOWN: 503,
  DATABASE_FULL: 507,
  SCHEMA_NEWER: 500,
} as const satisfies Record<Code, number>;

/**
 * Answers in plain text, which git shows to its user. `false` for a failure that is the server's own
 * and belongs into its log.
 */
export function replyGitError(
  response: ServerResponse,
  error: unknown,
  requestId: string,
): boolean {
  const status = statusOf(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return status < 500;
  }
  const message = status !== 500 && error instanceof Error ? error.message : failure(requestId);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="Slipway"' } : {}),
    ...(status === 405 && error instanceof AppError
      ? { Allow: String(error.detail['allow']) }
      : {}),
    ...(error instanceof AppError ? retryAfterHeader(error) : {}),
  });
  response.end(`${message}\n`);
  return status < 500;
}

function failure(requestId: string): string {
  return `something went wrong here; the server's log has it under ${requestId}`;
}

function statusOf(error: unknown): number {
  if (!(error instanceof AppError) || !Object.hasOwn(statuses, error.code)) return 500;
  return statuses[error.code as Code];
}
