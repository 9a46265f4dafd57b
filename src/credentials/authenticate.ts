import { nobody, type Principal } from '#access';
import { looksLikeAccessToken } from './access-token-text.ts';
import { parseAuthorization } from './authorization-header.ts';
import { credentialsErrors } from './credentials-errors.ts';
import type { LogIn } from './log-in.ts';
import type { Sessions } from './sessions.ts';

export interface AuthenticationRequest {
  /** The Authorization header as it came. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
}

export interface Authentication {
  readonly principal: Principal;
  /** How the credential came, for edges that take some ways and not others. */
  readonly presentedAs: 'nothing' | 'basic' | 'session' | 'raw-access-token';
}

/**
 * Who sends a request. A missing header is nobody in particular; a wrong one is an error and never
 * falls back to nobody: `AUTHORIZATION_MALFORMED`, `INVALID_CREDENTIALS`, `TOO_MANY_TRIES`,
 * `LOGIN_BUSY`.
 */
export type Authenticate = (request: AuthenticationRequest) => Promise<Authentication>;

export function createAuthenticate(options: {
  readonly logIn: LogIn;
  readonly sessions: Sessions;
}): Authenticate {
  const { logIn, sessions } = options;
  return async ({ authorization, remoteAddress }) => {
    const presented = parseAuthorization(authorization);
    if (presented.kind === 'none') return { principal: nobody, presentedAs: 'nothing' };
    if (presented.kind === 'basic') {
      return {
        principal: await logIn.withSecret({ ...presented, remoteAddress }),
        presentedAs: 'basic',
      };
    }
    if (looksLikeAccessToken(presented.token)) {
      const principal = await logIn.withAccessToken(presented.token);
      return { principal, presentedAs: 'raw-access-token' };
    }
    const principal = await sessions.verify(presented.token);
    if (principal !== undefined) return { principal, presentedAs: 'session' };
    throw credentialsErrors.fail(
      'INVALID_CREDENTIALS',
      'the session is not valid or has ended; log in again',
    );
  };
}
