import type { ServerResponse } from 'node:http';
import {
  type CredentialsErrorCode,
  credentialsErrors,
  type IssuedRegistryToken,
  type RegistryGrant,
} from '#credentials';
import type { AppError } from '#kernel';
import { bodyErrors } from '#platform/http';
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
} as const satisfies Record<
  TokenRequestErrorCode | LoginErrorCode | (typeof bodyErrors.codes)[number],
  Answer
>;

export interface GrantedToken extends IssuedRegistryToken {
  readonly grants: readonly RegistryGrant[];
}

export function sendToken(
  response: ServerResponse,
  granted: GrantedToken,
  dialect: TokenRequest['dialect'],
): void {
  const { token, issuedAt, expiresInSeconds } = granted;
  const common = {
    access_token: token,
    expires_in: expiresInSeconds,
    issued_at: new Date(issuedAt).toISOString(),
  };
  send(
    response,
    200,
    dialect === 'docker'
      ? { token, ...common }
      : { token_type: 'Bearer', scope: formatScopes(granted.grants), ...common },
  );
}

/** Answers what a client can mend and gives true; false for a failure that is nobody's request. */
export function sendRefusal(response: ServerResponse, error: unknown): boolean {
  if (!isAnswered(error)) return false;
  const { status, code, oauth2 } = answers[error.code];
  const retryAfter = error.detail['retryAfterSeconds'];
  if (typeof retryAfter === 'number') response.setHeader('Retry-After', String(retryAfter));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Slipway"');
  send(response, status, {
    errors: [{ code, message: error.message, detail: error.detail }],
    // What Docker's own client looks for first, and what OAuth2 clients do.
    details: error.message,
    error: oauth2,
    error_description: error.message,
  });
  return true;
}

export function sendMethodNotAllowed(response: ServerResponse): void {
  response.setHeader('Allow', 'GET, POST');
  send(response, 405, {
    errors: [{ code: 'UNSUPPORTED', message: 'ask for tokens with GET or POST' }],
  });
}

function isAnswered(error: unknown): error is AppError<keyof typeof answers> {
  const known = tokenRequestErrors.is(error) || credentialsErrors.is(error) || bodyErrors.is(error);
  return known && Object.hasOwn(answers, error.code);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
  });
  response.end(JSON.stringify(body));
}

function formatScopes(grants: readonly RegistryGrant[]): string {
  return grants.map(({ name, actions }) => `repository:${name}:${actions.join(',')}`).join(' ');
}
