import { credentialsErrors } from './credentials-errors.ts';

/** What an Authorization header brings, before anything in it is believed. */
export type PresentedCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly name: string; readonly secret: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** Throws `AUTHORIZATION_MALFORMED`. Docker Hub's older clients say `JWT` where others say `Bearer`. */
export function parseAuthorization(header: string | undefined): PresentedCredential {
  if (header === undefined || header === '') return { kind: 'none' };
  const [scheme = '', value = '', ...rest] = header.trim().split(/ +/);
  if (value === '' || rest.length > 0)
    throw malformed('has the form "Basic <base64>" or "Bearer <token>"');
  if (/^basic$/i.test(scheme)) return parseBasic(value);
  if (/^(?:bearer|jwt)$/i.test(scheme)) return { kind: 'bearer', token: value };
  throw malformed('uses the scheme Basic or Bearer');
}

/** RFC 7617: the user-id holds no colon, the password may; a name with control characters is nobody's. */
function parseBasic(value: string): PresentedCredential {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw malformed('holds base64 of "name:password" after Basic');
  const name = text.slice(0, colon);
  if (/\p{Cc}/u.test(name)) throw malformed('names an account without control characters');
  return { kind: 'basic', name, secret: text.slice(colon + 1) };
}

function malformed(rule: string) {
  return credentialsErrors.fail('AUTHORIZATION_MALFORMED', `the Authorization header ${rule}`);
}
