import type { RegistryGrant } from '#access';
import {
  type CredentialsErrorCode,
  credentialsErrors,
  type IssuedRegistryToken,
} from '#credentials';
import type { AppError } from '#kernel';
import { type DatabaseErrorCode, databaseErrors } from '#platform/db';
import { bodyErrors, retryAfterHeader, type WholeAnswer } from '#platform/http';
import type { TokenRequest } from './token-request.ts';
import { type TokenRequestErrorCode, tokenRequestErrors } from './token-scope.ts';

/** What log-ins can end with; the rest of the room's codes never reaches this edge. */
type LoginErrorCode = Extract<
  CredentialsErrorCode,
  'AUTHORIZATION_MALFORMED' | 'INVALID_CREDENTIALS' | 'TOO_MANY_TRIES' | 'LOGIN_BUSY'
>;

interface Answer {
  readonly status: number;
  /** The registry's code, which clients print in lower case. */
  readonly code: string;
  /** RFC 6749, section 5.2. */
  readonly oauth2: string;
}

const answers = {
  SCOPE_INVALID: { status: 400, code: 'UNSUPPORTED', oauth2: 'invalid_scope' },
  SERVICE_UNKNOWN: { status: 400, code: 'UNSUPPORTED', oauth2: 'invalid_request' },
  GRANT_TYPE_UNSUPPORTED: { status: 400, code: 'UNSUPPORTED', oauth2: 'unsupported_grant_type' },
  PARAMETER_MISSING: { status: 400, code: 'UNSUPPORTED', oauth2: 'invalid_request' },
  BODY_TOO_LARGE: { status: 413, code: 'UNSUPPORTED', oauth2: 'invalid_request' },
  AUTHORIZATION_MALFORMED: { status: 400, code: 'UNAUTHORIZED', oauth2: 'invalid_request' },
  INVALID_CREDENTIALS: { status: 401, code: 'UNAUTHORIZED', oauth2: 'invalid_grant' },
  TOO_MANY_TRIES: { status: 429, code: 'TOOMANYREQUESTS', oauth2: 'slow_down' },
  LOGIN_BUSY: { status: 503, code: 'UNAVAILABLE', oauth2: 'temporarily_unavailable' },
  DATABASE_UNAVAILABLE: { status: 503, code: 'UNAVAILABLE', oauth2: 'temporarily_unavailable' },
  COMMIT_UNKNOWN: { status: 503, code: 'UNAVAILABLE', oauth2: 'temporarily_unavailable' },
  TEXT_UNSTORABLE: { status: 400, code: 'UNSUPPORTED', oauth2: 'invalid_request' },
  DATABASE_FULL: { status: 507, code: 'UNAVAILABLE', oauth2: 'temporarily_unavailable' },
} as const satisfies Record<
  | TokenRequestErrorCode
  | LoginErrorCode
  | Exclude<DatabaseErrorCode, 'SCHEMA_NEWER'>
  | (typeof bodyErrors.codes)[number],
  Answer
>;

export interface GrantedToken extends IssuedRegistryToken {
  readonly grants: readonly RegistryGrant[];
}

export function tokenAnswer(
  { token, issuedAt, expiresInSeconds, grants }: GrantedToken,
  dialect: TokenRequest['dialect'],
): WholeAnswer {
  const common = {
    access_token: token,
    expires_in: expiresInSeconds,
    issued_at: new Date(issuedAt).toISOString(),
  };
  return answerWith(
    200,
    dialect === 'docker'
      ? { token, ...common }
      : { token_type: 'Bearer', scope: formatScopes(grants), ...common },
  );
}

/** What a client can mend; `undefined` for a failure that is nobody's request. */
export function refusalAnswer(error: unknown): WholeAnswer | undefined {
  if (!isAnswered(error)) return undefined;
  const { status, code, oauth2 } = answers[error.code];
  return answerWith(
    status,
    {
      errors: [{ code, message: error.message, detail: error.detail }],
      // What Docker's own client looks for first, and what OAuth2 clients do.
      details: error.message,
      error: oauth2,
      error_description: error.message,
    },
    {
      ...retryAfterHeader(error),
      ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="Slipway"' } : {}),
    },
  );
}

function isAnswered(error: unknown): error is AppError<keyof typeof answers> {
  const rooms = [tokenRequestErrors, credentialsErrors, databaseErrors, bodyErrors];
  return rooms.some((room) => room.is(error)) && Object.hasOwn(answers, (error as AppError).code);
}

function answerWith(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): WholeAnswer {
  return {
    status,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "sandbox; default-src 'none'",
    },
    body: JSON.stringify(body),
  };
}

function formatScopes(grants: readonly RegistryGrant[]): string {
  return grants.map(({ name, actions }) => `repository:${name}:${actions.join(',')}`).join(' ');
}

export const methodNotAllowed = answerWith(
  405,
  { errors: [{ code: 'UNSUPPORTED', message: 'ask for tokens with GET or POST' }] },
  { Allow: 'GET, POST' },
);
