import type { ServerResponse } from 'node:http';
import { AppError, type KernelErrorCode } from '#kernel';
import type { DatabaseErrorCode } from '#platform/db';
import type { StorageErrorCode } from '#storage';
import type { RegistryErrorCode } from '../registry-errors.ts';
import type { EdgeErrorCode } from './edge-errors.ts';
import { type ReplyHeaders, replyJson } from './reply.ts';

type Code =
  | RegistryErrorCode
  | EdgeErrorCode
  | KernelErrorCode
  | StorageErrorCode
  | DatabaseErrorCode;

/** What a code is on the wire: its status, and the specification's word where ours is finer. */
interface Wire {
  readonly status: number;
  readonly code?: string;
}

const wires = {
  BLOB_UNKNOWN: { status: 404 },
  BLOB_UPLOAD_UNKNOWN: { status: 404 },
  BLOB_UPLOAD_BUSY: { status: 409, code: 'BLOB_UPLOAD_INVALID' },
  BLOB_TOO_LARGE: { status: 413, code: 'SIZE_INVALID' },
  BLOB_REFERENCED: { status: 405, code: 'UNSUPPORTED' },
  BLOB_STORE_RESUME: { status: 416, code: 'BLOB_UPLOAD_INVALID' },
  BLOB_STORE_SHORT: { status: 500, code: 'UNKNOWN' },
  BLOB_STORE_FULL: { status: 507, code: 'UNKNOWN' },
  BLOB_STORE_FAILED: { status: 500, code: 'UNKNOWN' },
  DATABASE_FULL: { status: 507, code: 'UNKNOWN' },
  DATABASE_UNAVAILABLE: { status: 503, code: 'UNKNOWN' },
  COMMIT_UNKNOWN: { status: 503, code: 'UNKNOWN' },
  TEXT_UNSTORABLE: { status: 400, code: 'UNSUPPORTED' },
  SCHEMA_NEWER: { status: 500, code: 'UNKNOWN' },
  DENIED: { status: 403 },
  DIGEST_INVALID: { status: 400 },
  DIGEST_MISMATCH: { status: 400, code: 'DIGEST_INVALID' },
  MANIFEST_BLOB_UNKNOWN: { status: 404 },
  MANIFEST_INVALID: { status: 400 },
  MANIFEST_TOO_LARGE: { status: 413, code: 'MANIFEST_INVALID' },
  MANIFEST_UNKNOWN: { status: 404 },
  MEDIA_TYPE_INVALID: { status: 400, code: 'MANIFEST_INVALID' },
  NAME_INVALID: { status: 400 },
  NAME_UNKNOWN: { status: 404 },
  NAMESPACE_MISSING: { status: 403, code: 'DENIED' },
  PAGINATION_NUMBER_INVALID: { status: 400 },
  PATH_ENCODED: { status: 400, code: 'NAME_INVALID' },
  RANGE_INVALID: { status: 416, code: 'BLOB_UPLOAD_INVALID' },
  RANGE_NOT_SATISFIABLE: { status: 416, code: 'UNSUPPORTED' },
  ROUTE_UNKNOWN: { status: 404, code: 'UNSUPPORTED' },
  SIZE_INVALID: { status: 400 },
  TAG_INVALID: { status: 400 },
  TRIES_SPENT: { status: 429, code: 'TOOMANYREQUESTS' },
  UNAUTHORIZED: { status: 401 },
  UNSUPPORTED: { status: 405 },
  UPLOADS_TOO_MANY: { status: 429, code: 'TOOMANYREQUESTS' },
} as const satisfies Record<Code, Wire>;

/** How an error is answered; `undefined` for one that nobody foresaw. */
export function wireOf(error: unknown): Required<Wire> | undefined {
  if (!(error instanceof AppError) || !isKnown(error.code)) return undefined;
  const wire: Wire = wires[error.code];
  return { status: wire.status, code: wire.code ?? error.code };
}

function isKnown(code: string): code is Code {
  return Object.hasOwn(wires, code);
}

/** Answers with the specification's envelope: `{"errors":[{"code","message","detail"}]}`. */
export function replyError(
  response: ServerResponse,
  error: AppError,
  wire: Required<Wire>,
  headers: ReplyHeaders,
): void {
  const { message, detail } = error;
  const body = { errors: [{ code: wire.code, message, detail }] };
  replyJson(response, wire.status, headers, body);
}

export function replyUnforeseen(response: ServerResponse, requestId: string): void {
  const message = `something went wrong here; the server's log has it under ${requestId}`;
  const body = { errors: [{ code: 'UNKNOWN', message, detail: { requestId } }] };
  replyJson(response, 500, {}, body);
}
