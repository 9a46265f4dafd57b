import { type Credentials, credentialsErrors, type LoginRequest } from '#credentials';
import { hubLogInOperations as operations } from '#protocol';
import type { Route } from '../../kit/route.ts';
import { newcomers } from '../../slipway/admission.ts';
import { route } from '../route.ts';

/** The two ways to a token that clients know: with the same words in, and other words out. */
export function logInRoutes(credentials: Credentials): readonly Route[] {
  return [
    route(operations.login, newcomers, async ({ body, ...call }) => {
      const { username: name, password: secret } = body;
      return { token: await tokenFor(credentials, { ...call, name, secret }) };
    }),
    route(operations.issueToken, newcomers, async ({ body, ...call }) => {
      const { identifier: name, secret } = body;
      return { access_token: await tokenFor(credentials, { ...call, name, secret }) };
    }),
  ];
}

interface TokenRequest extends LoginRequest {
  readonly userAgent: string | undefined;
}

async function tokenFor(
  { logIn, sessions }: Credentials,
  { name, secret, remoteAddress, userAgent }: TokenRequest,
): Promise<string> {
  try {
    const person = await logIn.withSecret({ name, secret, remoteAddress });
    return (await sessions.issue(person, { remoteAddress, userAgent })).token;
  } catch (error) {
    if (!credentialsErrors.is(error) || error.code !== 'INVALID_CREDENTIALS') throw error;
    // hub-tool prints these words, and scripts look for them.
    throw credentialsErrors.fail('INVALID_CREDENTIALS', 'Incorrect authentication credentials');
  }
}
