import type { IncomingMessage } from 'node:http';
import { readBody } from '#platform/http';
import { tokenRequestErrors } from './token-scope.ts';

/** What a client asks the token service for, in either of its two dialects. */
export interface TokenRequest {
  readonly dialect: 'docker' | 'oauth2';
  /** An Authorization header, made from the form where OAuth2 puts the password there. */
  readonly authorization: string | undefined;
  /** The registry that the token is for; clients may leave it out. */
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

const longestFormBytes = 64 * 1024;

/** `GET /token?service=…&scope=…`, with Basic or without a credential. */
export function readDockerRequest(request: IncomingMessage): TokenRequest {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  return {
    dialect: 'docker',
    authorization: request.headers.authorization,
    service: query.get('service') ?? undefined,
    scopes: query.getAll('scope'),
  };
}

/**
 * `POST /token` with a form (RFC 6749, section 4.3). Refresh tokens are never issued, so none can be
 * turned in. Throws `GRANT_TYPE_UNSUPPORTED`, `PARAMETER_MISSING`, `BODY_TOO_LARGE`.
 */
export async function readOAuth2Request(request: IncomingMessage): Promise<TokenRequest> {
  const form = new URLSearchParams((await readBody(request, longestFormBytes)).toString('utf8'));
  const grantType = form.get('grant_type');
  if (grantType !== 'password') {
    throw tokenRequestErrors.fail(
      'GRANT_TYPE_UNSUPPORTED',
      'use grant_type=password; an access token serves as the password',
    );
  }
  const credential = `${requireField(form, 'username')}:${requireField(form, 'password')}`;
  return {
    dialect: 'oauth2',
    authorization: `Basic ${Buffer.from(credential).toString('base64')}`,
    service: form.get('service') ?? undefined,
    scopes: form.getAll('scope'),
  };
}

function requireField(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  throw tokenRequestErrors.fail('PARAMETER_MISSING', `the form lacks ${name}`, {
    detail: { field: name },
  });
}
