import { AppError, type KernelErrorCode } from '#kernel';
import type { DatabaseErrorCode } from '#platform/db';
import {
  type Exchange,
  requestIdOf,
  retryAfterHeader,
  sendAnswer,
  type WholeAnswer,
} from '#platform/http';
import type { GithostErrorCode } from '../githost-errors.ts';
import { type GitEdgeErrorCode, gitEdgeErrors } from './git-edge-errors.ts';
import { refusalOfPush, wordsInFront } from './push-answer.ts';

type Code = GitEdgeErrorCode | GithostErrorCode | KernelErrorCode | DatabaseErrorCode;

const statuses = {
  GIT_PATH_INVALID: 400,
  GIT_SERVICE_UNKNOWN: 404,
  GIT_LFS_UNSERVED: 501,
  GIT_METHOD_INVALID: 405,
  GIT_UNAUTHENTICATED: 401,
  GIT_TRIES_SPENT: 429,
  GIT_DENIED: 403,
  GIT_PUSH_INVALID: 400,
  GIT_PUSH_REFUSED: 200,
  GIT_BUSY: 503,
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
  TEXT_UNSTORABLE: 400,
  SCHEMA_NEWER: 500,
} as const satisfies Record<Code, number>;

/**
 * Answers in plain text, which git shows to its user, or in what an LFS client shows. `false` for a
 * failure that is the server's own and belongs into its log.
 */
export function replyGitError(exchange: Exchange, error: unknown): boolean {
  const { request, response } = exchange;
  const status = statusOf(error);
  if (response.headersSent || response.destroyed) response.destroy();
  else {
    const text = status !== 500 && error instanceof Error ? error.message : failure(request);
    sendAnswer(exchange, answerOf(error, status, text));
  }
  return status < 500 || gitEdgeErrors.is(error);
}

function answerOf(error: unknown, status: number, text: string): WholeAnswer {
  if (status === 200) return refusedPush(error, text);
  if (status === 501) return { status, headers: lfsHeaders, body: lfsBody(text) };
  const allow = status === 405 && error instanceof AppError ? String(error.detail['allow']) : '';
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="Slipway"' } : {}),
    ...(allow === '' ? {} : { Allow: allow }),
    ...(error instanceof AppError ? retryAfterHeader(error) : {}),
  };
  return { status, headers, body: `${text}\n` };
}

function refusedPush(error: unknown, text: string): WholeAnswer {
  const detail = error instanceof AppError ? error.detail : {};
  const { capabilities, refs } = detail as { capabilities: string[]; refs: string[] };
  const words = wordsInFront(capabilities, text).toString();
  const headers = { 'Content-Type': 'application/x-git-receive-pack-result' };
  const body = `${words}${refusalOfPush(capabilities, refs, text).toString()}`;
  return { status: 200, headers, body };
}

/** Git LFS's API, "Response Errors" and "Batch API". */
const lfsHeaders = { 'Content-Type': 'application/vnd.git-lfs+json' } as const;

function lfsBody(message: string): string {
  const page = 'https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-migrate.adoc';
  return JSON.stringify({ message, documentation_url: page });
}

function failure(request: Exchange['request']): string {
  return `something went wrong here; the server's log has it under ${requestIdOf(request)}`;
}

function statusOf(error: unknown): number {
  if (!(error instanceof AppError) || !Object.hasOwn(statuses, error.code)) return 500;
  return statuses[error.code as Code];
}
