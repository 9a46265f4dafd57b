import type { Person } from '#access';
import type { Clock, Instant } from '#kernel';
import { credentialClaims, readCredentialClaims } from './credential-claims.ts';
import type { CredentialStanding } from './credential-standing.ts';
import type { SignedTokens } from './signed-tokens.ts';

export interface Session {
  /** A Bearer value for the APIs. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** What a log-in gives: a signed token that stands for the name and the secret for some time. */
export interface Sessions {
  issue(principal: Person, lifetimeMilliseconds?: number): Promise<Session>;
  /**
   * Who a session belongs to, as accounts stand now; `undefined` for anything that is not a valid
   * session, or one whose credential has lost its power.
   */
  verify(token: string): Promise<Person | undefined>;
}

const defaultLifetimeMilliseconds = 12 * 3_600_000;

export function createSessions(options: {
  readonly tokens: SignedTokens;
  readonly standing: CredentialStanding;
  readonly clock: Clock;
}): Sessions {
  const { tokens, standing, clock } = options;
  return {
    async issue(principal, lifetimeMilliseconds = defaultLifetimeMilliseconds) {
      const issuedAt = clock.now();
      const expiresAt = issuedAt + lifetimeMilliseconds;
      const claims = { sub: principal.name, ...credentialClaims(principal) };
      return { token: await tokens.sign(claims, { issuedAt, expiresAt }), expiresAt };
    },
    async verify(token) {
      const claims = await tokens.verify(token);
      const reference = claims && readCredentialClaims(claims);
      return reference && standing.find(reference);
    },
  };
}
