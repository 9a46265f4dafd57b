import type { Person } from '#access';
import { digestAccessToken, isAccessTokenText, looksLikeAccessToken } from './access-token-text.ts';
import type { CredentialStanding } from './credential-standing.ts';
import { credentialsErrors } from './credentials-errors.ts';
import type { LastUseStamps } from './last-use-stamps.ts';
import type { PasswordLogin } from './password-login.ts';

export interface LoginRequest {
  /** The name of the account; upper case is forgiven. */
  readonly name: string;
  /** The password, or an access token of the account. */
  readonly secret: string;
  readonly remoteAddress: string;
}

/** Turns a name and a secret into a principal. */
export interface LogIn {
  /**
   * Throws `INVALID_CREDENTIALS`, the same for an unknown name and a wrong secret, after the same
   * work; `TOO_MANY_TRIES`; `LOGIN_BUSY`.
   */
  withSecret(request: LoginRequest): Promise<Person>;
  /** Whose access token this is. Throws `INVALID_CREDENTIALS`. */
  withAccessToken(text: string): Promise<Person>;
}

export interface LogInOptions {
  readonly passwordLogin: PasswordLogin;
  readonly standing: CredentialStanding;
  readonly stamps: LastUseStamps;
}

export function createLogIn({ passwordLogin, standing, stamps }: LogInOptions): LogIn {
  // Nobody guesses 256 bits, so tries with tokens need no limit, and a typing error no look-up.
  const ownerOfToken = async (text: string) => {
    if (!isAccessTokenText(text)) return undefined;
    const principal = await standing.findByDigest(digestAccessToken(text));
    if (principal?.credential.kind === 'pat') stamps.note(principal.credential.id);
    return principal;
  };
  const ownerOfSecret = async (name: string, { secret, remoteAddress }: LoginRequest) => {
    if (!looksLikeAccessToken(secret)) {
      return passwordLogin({ name, password: secret, remoteAddress });
    }
    const owner = await ownerOfToken(secret);
    return owner?.name === name ? owner : undefined;
  };

  return {
    withSecret: async (request) => known(await ownerOfSecret(request.name.toLowerCase(), request)),
    withAccessToken: async (text) => known(await ownerOfToken(text)),
  };
}

function known(principal: Person | undefined): Person {
  if (principal !== undefined) return principal;
  throw credentialsErrors.fail('INVALID_CREDENTIALS', 'incorrect username or password');
}
