import type { AccessErrorCode } from '#access';
import type { AccountsErrorCode } from '#accounts';
import type { BuildsErrorCode } from '#builds';
import type { CredentialsErrorCode } from '#credentials';
import type { KernelErrorCode } from '#kernel';
import type { DatabaseErrorCode } from '#platform/db';
import type { RepositoriesErrorCode } from '#repositories';
import type { SourcesErrorCode } from '#sources';
import type { StorageErrorCode } from '#storage';
import type { ApiErrorCode } from './api-errors.ts';

type KnownCode =
  | DatabaseErrorCode
  | ApiErrorCode
  | BuildsErrorCode
  | RepositoriesErrorCode
  | SourcesErrorCode
  | AccessErrorCode
  | AccountsErrorCode
  | CredentialsErrorCode
  | KernelErrorCode
  | StorageErrorCode
  | 'BODY_TOO_LARGE';

/** The status of every code that Slipway's own API can meet; a new code without one does not compile. */
const statuses = {
  VALIDATION_FAILED: 400,
  BODY_TOO_LARGE: 413,
  BODY_TYPE_UNSUPPORTED: 415,
  UNAUTHENTICATED: 401,
  NOT_FOUND: 404,
  BUILDER_UNAUTHENTICATED: 401,
  DIGEST_INVALID: 400,
  NAME_INVALID: 400,
  TAG_INVALID: 400,
  MEDIA_TYPE_INVALID: 400,
  AUTHORIZATION_MALFORMED: 400,
  INVALID_CREDENTIALS: 401,
  TOO_MANY_TRIES: 429,
  LOGIN_BUSY: 503,
  PASSWORD_UNACCEPTABLE: 400,
  PASSWORD_SESSION_NEEDED: 403,
  PASSWORD_WRONG: 400,
  SESSION_UNKNOWN: 404,
  NAMESPACE_TAKEN: 409,
  ACCOUNT_UNKNOWN: 404,
  LAST_ADMINISTRATOR: 409,
  TOKEN_LABEL_INVALID: 400,
  TOKEN_EXPIRY_INVALID: 400,
  TOKEN_UNKNOWN: 404,
  TOKEN_LIMIT_REACHED: 409,
  SIGNING_KEY_INVALID: 500,
  REPOSITORY_UNKNOWN: 404,
  NAMESPACE_UNKNOWN: 404,
  REPOSITORY_TAKEN: 409,
  ACCESS_DENIED: 403,
  DESCRIPTION_TOO_LONG: 400,
  OVERVIEW_TOO_LONG: 400,
  VISIBILITY_FIXED: 409,
  PATTERNS_INVALID: 400,
  DENIED: 403,
  RULE_INVALID: 400,
  VARIABLE_INVALID: 400,
  CONFIGURATION_UNKNOWN: 404,
  CONFIGURATION_CHANGED: 409,
  RULE_UNKNOWN: 404,
  BUILD_UNKNOWN: 404,
  ATTEMPT_UNKNOWN: 404,
  REF_UNKNOWN: 404,
  BUILD_STATE: 409,
  QUEUE_FULL: 429,
  ATTEMPT_ENDED: 409,
  CONNECTION_CLOSED: 409,
  LOG_GAP: 400,
  SOURCE_UNKNOWN: 404,
  SOURCE_UNREADABLE: 502,
  LOOK_FAILED: 502,
  PROVIDER_UNABLE: 409,
  PROVIDER_FAILED: 502,
  BLOB_STORE_RESUME: 500,
  BLOB_STORE_SHORT: 500,
  BLOB_STORE_FULL: 507,
  BLOB_STORE_FAILED: 500,
  SCHEMA_NEWER: 500,
  DATABASE_FULL: 507,
  DATABASE_UNAVAILABLE: 503,
  COMMIT_UNKNOWN: 503,
  TEXT_UNSTORABLE: 400,
} as const satisfies Record<KnownCode, number>;

/** `undefined` for a code of nobody we know: an unknown failure. */
export function statusOf(code: string): number | undefined {
  return Object.hasOwn(statuses, code) ? statuses[code as KnownCode] : undefined;
}
